"""Flask-Login, and everything that is changed about it: sessions are rows, and there is no remember cookie.

In one file, because each change depends on what Flask-Login does with the session: it stores the user's id in
`session["_user_id"]` (for us the session's token), a fingerprint of the browser in `_id`, and reads a remember
cookie of every visitor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

SESSION_TOKEN = "_user_id"  # Flask-Login's name for what `get_id` returns
FINGERPRINT = "_id"


@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """The signed-in user, as plain values; `current_user` in templates."""

    id: UUID
    email: str
    name: str
    token: str = field(repr=False)

    def get_id(self) -> str:
        """What Flask-Login stores in the cookie: the session's token, not the user's id."""
        return self.token


def init_app(app: Flask, find: Callable[[object], Person | None]) -> None:
    """Bind Flask-Login to the app; `find` returns the user of a session token."""
    # No request can carry a cookie of this name: a forged remember cookie is never read.
    app.config["REMEMBER_COOKIE_NAME"] = "\n"
    manager = LoginManager()
    # Off, because a session is a row: a browser that changes its address stays signed in.
    manager.session_protection = None
    manager.user_loader(find)
    manager.init_app(app)
    # It would open the session of every request to look for a remember cookie to write.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)


def current_person() -> Person | None:
    """The signed-in user of this request; None for a visitor."""
    person = current_user._get_current_object()
    return person if isinstance(person, Person) else None


def current_token() -> object:
    """The session token in this request's cookie; the cookie is signed, but the session may have ended."""
    return session.get(SESSION_TOKEN)


def begin(person: Person) -> None:
    """Make `person` the signed-in user of this request, and of the cookie in its response."""
    session.clear()  # session fixation: nothing planted before the sign-in survives it
    login_user(person)
    del session[FINGERPRINT]  # unused: session_protection is off
    session.permanent = True


def end() -> None:
    """Make this request a visitor's, and empty the cookie."""
    logout_user()
    session.clear()
