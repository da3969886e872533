"""The session cookie: out of reach of scripts and other sites, Secure over https, ignored beside a token."""

from __future__ import annotations

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from app.auth import bearer
from app.auth.sessions import LIFETIME


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, Secure exactly when this request came over https."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: making one takes longer than reading a cookie with it."""
        self._serializer = self._serializer or super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Empty where a token speaks: nothing further on can mistake the cookie for leave to do it."""
        if bearer.presented(request) is not None:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Pass over a session that nobody has looked at, as beside a token: there is nothing to tell."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        """As safe as the request, unless PULSE_PUBLIC_URL promises https: loopback must not be locked out."""
        return app.config["PULSE"].only_https or request.is_secure


def init_app(app: Flask) -> None:
    """Set the cookie's attributes; it is written at sign-in and sign-out only."""
    app.session_interface = SessionCookie()
    # With the prefix, no neighbour on another subdomain or port can plant one of its own.
    prefix = "__Host-" if app.config["PULSE"].only_https else ""
    app.config.update(
        SESSION_COOKIE_NAME=f"{prefix}session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        # We give no remember cookie. No request can carry one of this name, so that a forged one,
        # which Flask-Login would read for anybody not signed in, is never looked at.
        REMEMBER_COOKIE_NAME="\n",
    )
