"""The session cookie: out of reach of scripts and other sites, Secure over https, ignored beside a token."""

from __future__ import annotations

from typing import TypedDict

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadData, Serializer, URLSafeSerializer, URLSafeTimedSerializer

from app.auth import device_cookie
from app.auth.bearer import bearer_token
from app.auth.login_manager import SESSION_TOKEN
from app.auth.sessions import LIFETIME

# Cookies do not know ports: under Flask's usual name, any other application on the host would overwrite ours.
NAME = "pulse_session"
OLD_NAME = "session"  # read until the sessions of the version before have ended, 30 days after the upgrade
TEST_NAME = (
    "pulse_cookies"  # set with the sign-in form: a browser that does not send it back takes no cookies
)
SALT = "pulse.session"
OLD_SALT = SecureCookieSessionInterface.salt


class CookieAttributes(TypedDict):
    """Attributes that restrict who gets to see a cookie."""

    path: str
    secure: bool
    httponly: bool
    samesite: str


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, Secure exactly when this request came over https.

    The signature carries no time: a machine whose clock is behind would refuse what another one has just signed.
    The session's row alone has the expiry, by the database's clock.
    """

    def __init__(self) -> None:
        self._serializers: tuple[URLSafeSerializer, URLSafeTimedSerializer] | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Empty beside a bearer token, so that a cookie cannot authorize what a token was sent for."""
        if bearer_token(request) is not None:
            return self.session_class()
        current, old = self._signers(app)
        content = _content(current, request.cookies.get(self.get_cookie_name(app)))
        if content is not None:
            return self.session_class(content)
        content = _content(old, request.cookies.get(_old_name(app)))
        session = self.session_class(content or {})
        session.modified = content is not None  # so that it is set again under its new name
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie only if the session was read or changed; beside a token it never is."""
        if not (session.accessed or session.modified):
            return
        response.vary.add("Cookie")
        if session.modified:
            self._write(app, session, response)
            self._forget_old(app, session, response)
            device_cookie.write(app, response, self.get_cookie_secure(app))

    def signer(self, app: Flask) -> URLSafeSerializer:
        """Signs the session cookie, without the time."""
        return self._signers(app)[0]

    def get_cookie_secure(self, app: Flask) -> bool:
        """As safe as the request, unless PULSE_PUBLIC_URL promises https: loopback must not be locked out."""
        return app.config["PULSE"].only_https or request.is_secure

    def _write(self, app: Flask, session: SessionMixin, response: Response) -> None:
        name, attributes = self.get_cookie_name(app), self._attributes(app)
        if session:
            # Max-Age, not Expires: this machine's clock need not be the browser's.
            value = self._signers(app)[0].dumps(dict(session))
            response.set_cookie(name, value, max_age=LIFETIME, **attributes)
        else:
            response.delete_cookie(name, **attributes)

    def _forget_old(self, app: Flask, session: SessionMixin, response: Response) -> None:
        # Only one that we have signed: under that name, another application's is not ours to delete. And not
        # while it says the same: during a reload, workers of the version before know no other name.
        old = _content(self._signers(app)[1], request.cookies.get(_old_name(app)))
        if old is not None and old.get(SESSION_TOKEN) != session.get(SESSION_TOKEN):
            response.delete_cookie(_old_name(app), **self._attributes(app))

    def _attributes(self, app: Flask) -> CookieAttributes:
        return {
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": "Lax",
        }

    def _signers(self, app: Flask) -> tuple[URLSafeSerializer, URLSafeTimedSerializer]:
        """Made once: making one takes longer than reading a cookie with it."""
        if self._serializers is None:
            # The newest key is the last one, and signs.
            keys = [*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.config["SECRET_KEY"]]
            how = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
            self._serializers = (
                URLSafeSerializer(keys, salt=SALT, serializer=self.serializer, signer_kwargs=how),
                URLSafeTimedSerializer(keys, salt=OLD_SALT, serializer=self.serializer, signer_kwargs=how),
            )
        return self._serializers


def init_app(app: Flask) -> None:
    """Set the cookie's attributes; it is written at sign-in and sign-out only."""
    app.session_interface = SessionCookie()
    app.config.update(
        SESSION_COOKIE_NAME=f"{_prefix(app)}{NAME}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )


def set_test_cookie(app: Flask, response: Response) -> None:
    """Set a cookie that the browser must send back with the sign-in form."""
    secure = app.session_interface.get_cookie_secure(app)
    response.set_cookie(f"{_prefix(app)}{TEST_NAME}", "1", secure=secure, httponly=True, samesite="Lax")


def sent_test_cookie(app: Flask, request: Request) -> bool:
    """Whether the browser sent it, or a session's cookie."""
    return any(f"{_prefix(app)}{name}" in request.cookies for name in (TEST_NAME, NAME))


def _prefix(app: Flask) -> str:
    # With the prefix, no neighbour on another subdomain or port can plant one of its own.
    return "__Host-" if app.config["PULSE"].only_https else ""


def _old_name(app: Flask) -> str:
    return f"{_prefix(app)}{OLD_NAME}"


def _content(signer: Serializer[str], value: str | None) -> dict[str, object] | None:
    """What a cookie of ours carries. The age of an old signature is not looked at."""
    if not value:
        return None
    try:
        content = signer.loads(value)
    except BadData:
        return None
    return content if isinstance(content, dict) else None
