"""A user's own sessions: list them, end one or all of them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from app.auth import sessions
from app.auth.ended_access import EndedAccess, end_sessions
from app.auth.login_manager import Person
from app.auth.signals import RevocationCause
from app.domain.instants import iso
from app.errors import NotFound
from app.extensions import db
from app.models import LoginSession

ID_BYTES = 12  # of the stored hash, as the session's public id; it authenticates nothing


def sessions_of(person: Person) -> list[dict[str, Any]]:
    """`{id, browser, createdAt, expiresAt, current}` of each live session, the newest first."""
    query = (
        select(LoginSession)
        .where(LoginSession.user_id == person.id, LoginSession.expires_at > func.now())
        .order_by(LoginSession.created_at.desc(), LoginSession.token_hash)
    )
    current = sessions.hash_of(person.token)
    with db.engine.connect() as connection:
        rows = connection.execute(query.with_only_columns(*LoginSession.__table__.columns)).all()
    return [
        {
            "id": bytes(row.token_hash)[:ID_BYTES].hex(),
            "browser": row.browser,
            "createdAt": iso(row.created_at),
            "expiresAt": iso(row.expires_at),
            "current": bytes(row.token_hash) == current,
        }
        for row in rows
    ]


def end_one(person: Person, shown_id: str) -> None:
    """Sign one of the person's browsers out; raises NotFound."""
    if not re.fullmatch(rf"[0-9a-f]{{{2 * ID_BYTES}}}", shown_id):
        raise NotFound
    begins = func.substring(LoginSession.token_hash, 1, ID_BYTES) == bytes.fromhex(shown_id)
    query = delete(LoginSession).where(LoginSession.user_id == person.id, begins)
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
