"""Puts names to open streams: whose each is, as what, and by which browser or token.

PostgreSQL is asked when they are listed: an open stream holds no names, and the list tells those of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.live.identity import CREDENTIAL
from app.models import LoginSession, Membership, Token, User

Entry = dict[str, Any]


def with_names(connection: Connection, workspace_id: UUID, entries: Iterable[Entry]) -> list[Entry]:
    """The entries as admins see them, without what tells the sessions and tokens from one another."""
    listed = list(entries)
    people = _people(connection, workspace_id, {UUID(entry["userId"]) for entry in listed})
    doors = _doors(connection, {bytes.fromhex(entry[CREDENTIAL]) for entry in listed})
    return [_named(entry, people, doors) for entry in listed]


def _named(entry: Entry, people: Mapping[str, Entry], doors: Mapping[str, Entry]) -> Entry:
    nobody = {"name": None, "role": None}
    by_session = {"via": "session", "client": ""}
    own = {name: value for name, value in entry.items() if name != CREDENTIAL}
    return own | people.get(entry["userId"], nobody) | doors.get(entry[CREDENTIAL], by_session)


def _people(connection: Connection, workspace_id: UUID, ids: set[UUID]) -> dict[str, Entry]:
    query = (
        select(User.id, User.name, Membership.role)
        .outerjoin(Membership, (Membership.user_id == User.id) & (Membership.workspace_id == workspace_id))
        .where(User.id.in_(ids))
    )
    return {str(row.id): {"name": row.name, "role": row.role} for row in connection.execute(query)}


def _doors(connection: Connection, credentials: set[bytes]) -> dict[str, Entry]:
    sessions = select(LoginSession.token_hash, LoginSession.browser).where(
        LoginSession.token_hash.in_(credentials)
    )
    ids = {UUID(bytes=credential) for credential in credentials if len(credential) == 16}
    tokens = select(Token.id, Token.name).where(Token.id.in_(ids))
    return {
        bytes(token_hash).hex(): {"via": "session", "client": browser}
        for token_hash, browser in connection.execute(sessions)
    } | {id.bytes.hex(): {"via": "token", "client": name} for id, name in connection.execute(tokens)}
