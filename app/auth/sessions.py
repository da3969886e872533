"""Sign-in sessions: a random token in the browser's cookie, and its SHA-256 in a row we can delete."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, delete, func, insert, literal, select

from app.auth import signals
from app.auth.login_manager import Person
from app.extensions import db
from app.models import LoginSession, User

LIFETIME = timedelta(days=30)
SWEEP = 100  # expired rows deleted at a sign-in, at most


def start(user_id: UUID, browser: str = "", checked: str | None = None) -> str | None:
    """Begin a session; returns its token, which only the cookie holds. `browser` is a description for people.

    Begins no session, and returns None, if `checked`, the hash that the password was verified against, changed.
    """
    token = secrets.token_urlsafe(32)
    # Shared lock: a change of password is either before, and no session begins, or after, and ends this one too.
    whose = select(literal(hash_of(token)), User.id, func.now() + LIFETIME, literal(browser)).where(
        User.id == user_id, User.is_active
    )
    if checked is not None:
        whose = whose.where(User.password_hash == checked)
    columns = ("token_hash", "user_id", "expires_at", "browser")
    query = insert(LoginSession).from_select(columns, whose.with_for_update(read=True))
    with db.engine.begin() as connection:
        connection.execute(_sweep())
        return token if connection.execute(query).rowcount else None


def find(token: object) -> Person | None:
    """The active user whose live session this token is; None for any other value."""
    if not isinstance(token, str):
        return None
    query = (
        select(User.id, User.email, User.name)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(is_live(hash_of(token)), User.is_active)
    )
    with db.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return Person(*row, token=token) if row else None


def expires_at(token: str) -> datetime | None:
    """When this live session ends whatever happens; None for a token that has none."""
    query = select(LoginSession.expires_at).where(is_live(hash_of(token)))
    with db.engine.connect() as connection:
        return connection.execute(query).scalar_one_or_none()


def end(token: object) -> UUID | None:
    """Delete the session's row, which invalidates its cookie. Returns its user's id."""
    if not isinstance(token, str):
        return None
    query = delete(LoginSession).where(LoginSession.token_hash == hash_of(token))
    with db.engine.begin() as connection:
        user_id = connection.execute(query.returning(LoginSession.user_id)).scalar_one_or_none()
    signals.announce(signals.RevocationCause.SESSION, credential=hash_of(token))
    return user_id


def hash_of(token: str) -> bytes:
    # A fast hash suffices for 256 random bits.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_live(token_hash: ColumnElement[bytes] | bytes) -> ColumnElement[bool]:
    """SQL: the session row of this hash, not expired. By the database's clock, which all workers share."""
    return (LoginSession.token_hash == token_hash) & (LoginSession.expires_at > func.now())


def _sweep() -> Delete:
    # SKIP LOCKED: another sign-in may be deleting the same rows.
    expired = (
        select(LoginSession.token_hash)
        .where(LoginSession.expires_at <= func.now())
        .limit(SWEEP)
        .with_for_update(skip_locked=True)
    )
    return delete(LoginSession).where(LoginSession.token_hash.in_(expired))
