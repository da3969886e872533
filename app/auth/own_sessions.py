"""Where somebody is signed in: the list of their sessions, and an end to one or all of them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.sql.dml import Delete

from app.auth import revoked, sessions
from app.auth.sessions import Person
from app.domain.instants import iso
from app.errors import NotFound
from app.extensions import db
from app.models import LoginSession

SHOWN = 12  # bytes of the stored hash by which a session is told from others; it opens nothing


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
            "id": bytes(row.token_hash)[:SHOWN].hex(),
            "browser": row.browser,
            "createdAt": iso(row.created_at),
            "expiresAt": iso(row.expires_at),
            "current": bytes(row.token_hash) == current,
        }
        for row in rows
    ]


def end_one(person: Person, shown_id: str) -> None:
    """Sign one of the person's browsers out; raises NotFound."""
    if not re.fullmatch(rf"[0-9a-f]{{{2 * SHOWN}}}", shown_id):
        raise NotFound
    begins = func.substring(LoginSession.token_hash, 1, SHOWN) == bytes.fromhex(shown_id)
    if not _end(_of(person.id).where(begins)):
        raise NotFound


def end_all(user_id: UUID, but: str | None = None) -> int:
    """Sign a user out everywhere, but for the session with this token; returns how many sessions that were."""
    query = _of(user_id)
    if but is not None:
        query = query.where(LoginSession.token_hash != sessions.hash_of(but))
    return _end(query)


def _of(user_id: UUID) -> Delete:
    return delete(LoginSession).where(LoginSession.user_id == user_id)


def _end(query: Delete) -> int:
    with db.engine.begin() as connection:
        ended = [bytes(key) for key in connection.execute(query.returning(LoginSession.token_hash)).scalars()]
    for key in ended:  # one by one, because streams opened by tokens go on
        revoked.announce(credential=key)
    return len(ended)
