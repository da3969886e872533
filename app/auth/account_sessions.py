"""A user's own sessions: list them, end one or all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from app.auth import sessions
from app.auth.ended_access import EndedAccess, end_sessions
from app.auth.login_manager import Person
from app.auth.signals import RevocationCause
from app.errors import NotFound
from app.extensions import db
from app.models import LoginSession
from app.postgres.statements import AnyRow

ID_BYTES = 12  # of the stored hash, as the session's public id; it authenticates nothing


def sessions_of(person: Person) -> Sequence[AnyRow]:
    """`(id, browser, created_at, expires_at, current)` of each live session, the newest first."""
    query = (
        select(
            func.encode(_short_hash(), "hex").label("id"),
            LoginSession.browser,
            LoginSession.created_at,
            LoginSession.expires_at,
            (LoginSession.token_hash == sessions.hash_of(person.token)).label("current"),
        )
        .where(LoginSession.user_id == person.id, LoginSession.expires_at > func.now())
        .order_by(LoginSession.created_at.desc(), LoginSession.token_hash)
    )
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def end_one(person: Person, shown_id: str) -> None:
    """Sign one of the person's browsers out; raises NotFound."""
    if not re.fullmatch(rf"[0-9a-f]{{{2 * ID_BYTES}}}", shown_id):
        raise NotFound
    is_it = _short_hash() == bytes.fromhex(shown_id)
    query = delete(LoginSession).where(LoginSession.user_id == person.id, is_it)
    with db.engine.begin() as connection:
        keys = connection.execute(query.returning(LoginSession.token_hash)).scalars().all()
    if not keys:
        raise NotFound
    EndedAccess(person.id, tuple(map(bytes, keys))).announce(RevocationCause.SESSION)


def end_all(user_id: UUID) -> None:
    """Sign a user out everywhere."""
    with db.engine.begin() as connection:
        ended = end_sessions(connection, user_id)
    ended.announce(RevocationCause.SESSION)


def _short_hash() -> ColumnElement[bytes]:
    return func.substring(LoginSession.token_hash, 1, ID_BYTES)
