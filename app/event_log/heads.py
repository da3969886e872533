"""Log heads: where the log of each workspace ends, read without a lock, by those who show it.

A head that lies below what was shown, or that another database has numbered, is that of another log: it gets a new
epoch before anything is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine

from app.domain.ids import Cursor
from app.event_log import identity

HEADS = (
    "SELECT workspace_id, epoch, last_seq, epoch_from FROM event_heads WHERE workspace_id = ANY(%s::uuid[])"
)
LATEST = """
    SELECT max(last_received_at) FROM event_heads
    WHERE workspace_id = ANY(%s::uuid[]) AND last_received_at <= %s
"""
NUMBERED_BY = """
    SELECT workspace_id, epoch, last_seq, epoch_from, identity, {identity}
    FROM event_heads WHERE workspace_id = ANY(%s::uuid[])
"""
# By whether the role may read the identity of the log.
CHECKED_HEADS = {
    readable: NUMBERED_BY.format(identity=identity.identity("%s", readable=readable))
    for readable in (True, False)
}


class Head(NamedTuple):
    """Where a workspace's log ends: its epoch, the last number given, and the last one given before this epoch."""

    epoch: str
    seq: int
    epoch_from: int = 0


def heads(connection: Connection, workspaces: Iterable[UUID]) -> dict[UUID, Head]:
    """The heads as committed now, of whichever log that is."""
    rows = connection.exec_driver_sql(HEADS, (list(workspaces),))
    return {workspace: Head(*head) for workspace, *head in rows}


def latest_received_at(
    connection: Connection, workspaces: Iterable[UUID], before: datetime
) -> datetime | None:
    """When the latest event of these logs was received, of those that end before a moment."""
    return connection.exec_driver_sql(LATEST, (list(workspaces), before)).scalar()


def current_heads(
    engine: Engine, shown: Mapping[UUID, Cursor], broken: Mapping[UUID, str] | None = None
) -> dict[UUID, Head]:
    """The heads as committed now, after logs that are not what was `shown` of them got a new epoch.

    `shown` is how far each has been shown before this is called: a head below that, or in another database, is
    another log. So are those that are `broken`, with the epoch they had.
    """
    broken = dict(broken or {})
    try:
        found = _read_heads(engine, shown)
    except identity.IdentityChanged:
        found = {}
    else:
        broken |= {
            workspace: head.epoch
            for workspace, head in found.items()
            if head.epoch == shown[workspace].epoch and head.seq < shown[workspace].seq
        }
        if not broken:
            return found
    identity.renew(engine, broken)
    return _read_heads(engine, shown)


def _read_heads(engine: Engine, workspaces: Iterable[UUID]) -> dict[UUID, Head]:
    found: dict[UUID, Head] = {}
    with engine.connect() as connection:
        server = identity.server_of(connection)
        rows = connection.exec_driver_sql(CHECKED_HEADS[server is not None], (server, list(workspaces)))
        for workspace, epoch, seq, epoch_from, numbered_by, current in rows:
            if identity.is_foreign(numbered_by, current):
                raise identity.IdentityChanged
            found[workspace] = Head(epoch, seq, epoch_from)
    return found
