"""Log heads: the last number of each workspace's log, read without a lock, for streams and snapshots.

A head below a number that was sent already, or numbered by another database, belongs to another log: it gets a new
epoch before it is returned.
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
    readable: NUMBERED_BY.format(identity=identity.identity_sql("%s", readable=readable))
    for readable in (True, False)
}


class Head(NamedTuple):
    """The end of a workspace's log: its epoch, the last number, and the last number before this epoch."""

    epoch: str
    seq: int
    epoch_from: int = 0


def heads(connection: Connection, workspaces: Iterable[UUID]) -> dict[UUID, Head]:
    """The committed heads, without a check of their identity."""
    rows = connection.exec_driver_sql(HEADS, (list(workspaces),))
    return {workspace: Head(*head) for workspace, *head in rows}


def latest_received_at(
    connection: Connection, workspaces: Iterable[UUID], before: datetime
) -> datetime | None:
    """When the latest event of these logs was received; without logs whose end is after `before`."""
    received_at: datetime | None = connection.exec_driver_sql(LATEST, (list(workspaces), before)).scalar()
    return received_at


def current_heads(
    engine: Engine, shown: Mapping[UUID, Cursor], broken: Mapping[UUID, str] | None = None
) -> dict[UUID, Head]:
    """The committed heads; logs that contradict what was `shown` get a new epoch first.

    `shown` is the cursor up to which each has been sent before the call: a head below it, or numbered by another
    database, is another log. `broken` ones, by their epoch, get a new epoch too.
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
    identity.renew_epochs(engine, broken)
    return _read_heads(engine, shown)


def _read_heads(engine: Engine, workspaces: Iterable[UUID]) -> dict[UUID, Head]:
    found: dict[UUID, Head] = {}
    with engine.connect() as connection:
        server = identity.read_server(connection)
        rows = connection.exec_driver_sql(CHECKED_HEADS[server is not None], (server, list(workspaces)))
        for workspace, epoch, seq, epoch_from, numbered_by, current in rows:
            if identity.is_foreign(numbered_by, current):
                raise identity.IdentityChanged
            found[workspace] = Head(epoch, seq, epoch_from)
    return found
