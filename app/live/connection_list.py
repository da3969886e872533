"""The list of open streams as admins see it: with the user's name and role, and the browser or token.

Names are read from PostgreSQL for each list: an open stream holds none, and they may have changed since it opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection, select

from app.live.worker_rpc import StreamEntry
from app.models import LoginSession, Membership, Token, User


def with_names(
    connection: Connection, workspace_id: UUID, entries: Iterable[StreamEntry]
) -> list[StreamEntry]:
    """The entries with the names and roles of their users, and of their browsers or tokens."""
    listed = list(entries)
    people = _people(connection, workspace_id, {entry["user_id"] for entry in listed})
    clients = _clients(connection, {bytes.fromhex(entry["credential"]) for entry in listed})
    return [_named(entry, people, clients) for entry in listed]


def _named(
    entry: StreamEntry, people: Mapping[UUID, StreamEntry], clients: Mapping[str, StreamEntry]
) -> StreamEntry:
    unknown_user: StreamEntry = {"name": None, "role": None}
    ended_session: StreamEntry = {"via": "session", "client": ""}
    user = people.get(entry["user_id"], unknown_user)
    return entry | user | clients.get(entry["credential"], ended_session)


def _people(connection: Connection, workspace_id: UUID, ids: set[UUID]) -> dict[UUID, StreamEntry]:
    query = (
        select(User.id, User.name, Membership.role)
        .outerjoin(Membership, (Membership.user_id == User.id) & (Membership.workspace_id == workspace_id))
        .where(User.id.in_(ids))
    )
    return {row.id: {"name": row.name, "role": row.role} for row in connection.execute(query)}


def _clients(connection: Connection, credentials: set[bytes]) -> dict[str, StreamEntry]:
    sessions = select(LoginSession.token_hash, LoginSession.browser).where(
        LoginSession.token_hash.in_(credentials)
    )
    ids = {UUID(bytes=credential) for credential in credentials if len(credential) == 16}
    tokens = select(Token.id, Token.name).where(Token.id.in_(ids))
    clients: dict[str, StreamEntry] = {
        bytes(token_hash).hex(): {"via": "session", "client": browser}
        for token_hash, browser in connection.execute(sessions)
    }
    for id, name in connection.execute(tokens):
        clients[id.bytes.hex()] = {"via": "token", "client": name}
    return clients
