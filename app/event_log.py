"""The event log: the only writer and reader of events.

Appending happens inside a transaction of the caller's, who holds the heads' locks from `lock_heads` on: that
is what makes numbers gap-free and ids unique. All functions take a SQLAlchemy Connection on psycopg2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg2.extras import register_uuid
from sqlalchemy import Connection

from app.domain.event import LoggedEvent
from app.domain.numbering import EventKey, Known

register_uuid()  # lets lists of UUIDs be passed as arrays

LOCK_HEADS = """
    SELECT workspace_id, epoch, last_seq, last_received_at FROM event_heads
    WHERE workspace_id = ANY(%s::uuid[]) ORDER BY workspace_id FOR UPDATE
"""
KNOWN = """
    SELECT taken.workspace_id, taken.event_id, taken.seq, taken.fingerprint, taken.occurred_at
    FROM unnest(%s::uuid[], %s::text[]) AS asked (workspace_id, event_id)
    JOIN event_ids AS taken USING (workspace_id, event_id)
"""
# One statement, one round trip: the events, their ids and the heads move together.
APPEND = """
    WITH batch AS (
        SELECT * FROM unnest(
            %(workspace)s::uuid[], %(seq)s::bigint[], %(event_id)s::text[], %(event_type)s::text[],
            %(event_data)s::text[], %(user)s::uuid[], %(session)s::text[], %(occurred)s::timestamptz[],
            %(fingerprint)s::bytea[]
        ) AS b (workspace_id, seq, event_id, event_type, event_data, user_id, session_id, occurred_at,
                fingerprint)
    ), heads AS (
        UPDATE event_heads SET last_seq = latest.seq, last_received_at = %(received)s
        FROM (SELECT workspace_id, max(seq) AS seq FROM batch GROUP BY workspace_id) AS latest
        WHERE event_heads.workspace_id = latest.workspace_id
    ), ids AS (
        INSERT INTO event_ids (workspace_id, event_id, seq, fingerprint, occurred_at, received_at)
        SELECT workspace_id, event_id, seq, fingerprint, occurred_at, %(received)s FROM batch
    )
    INSERT INTO events (workspace_id, seq, event_id, event_type, event_data, user_id, session_id, occurred_at,
                        received_at)
    SELECT workspace_id, seq, event_id, event_type, event_data::jsonb, user_id, session_id, occurred_at,
           %(received)s
    FROM batch
"""
READ_AFTER = """
    SELECT seq, event_id, event_type, user_id, occurred_at FROM events
    WHERE workspace_id = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s
"""
OLDEST = "SELECT seq FROM events WHERE workspace_id = %s ORDER BY seq LIMIT 1"
HEADS = "SELECT workspace_id, epoch, last_seq FROM event_heads WHERE workspace_id = ANY(%s::uuid[])"


class Pruned(Exception):
    """Some of the events asked for are no longer kept."""


class Head(NamedTuple):
    """Where a workspace's log ends: its epoch and the last number given."""

    epoch: str
    seq: int


class LockedHead(NamedTuple):
    """A head that nobody else moves meanwhile, and when its last event was received."""

    epoch: str
    seq: int
    received_at: datetime | None


class StoredEvent(NamedTuple):
    """What streams tell of an event."""

    seq: int
    event_id: str
    event_type: str
    user_id: UUID
    occurred_at: datetime


def lock_heads(connection: Connection, workspaces: Iterable[UUID]) -> dict[UUID, LockedHead]:
    """The heads, locked until the transaction ends; in id order, so that two commits cannot deadlock."""
    rows = connection.exec_driver_sql(LOCK_HEADS, (sorted(workspaces),))
    return {workspace: LockedHead(*head) for workspace, *head in rows}


def heads(connection: Connection, workspaces: Iterable[UUID]) -> dict[UUID, Head]:
    """The heads as committed now."""
    rows = connection.exec_driver_sql(HEADS, (list(workspaces),))
    return {workspace: Head(epoch, seq) for workspace, epoch, seq in rows}


def known(connection: Connection, keys: Sequence[EventKey]) -> dict[EventKey, Known]:
    """Those of the (workspace, event id) pairs that are taken."""
    workspaces, event_ids = zip(*keys, strict=True)
    rows = connection.exec_driver_sql(KNOWN, (_texts(workspaces), list(event_ids)))
    return {
        (workspace, event_id): Known(seq, bytes(fingerprint), occurred_at)
        for workspace, event_id, seq, fingerprint, occurred_at in rows
    }


def append(connection: Connection, entries: Sequence[LoggedEvent], received_at: datetime) -> None:
    """Insert numbered events and move the heads; the caller holds the heads' locks and commits.

    `received_at` is one moment for the whole commit, not before that of any event already in these logs: so days
    that are dropped take the lowest numbers with them, and leave no gap.
    """
    connection.exec_driver_sql(APPEND, _columns(entries) | {"received": received_at})


def read_after(
    connection: Connection, workspace: UUID, seq: int, *, up_to: int = 2**63 - 1, limit: int
) -> list[StoredEvent]:
    """Events numbered above `seq`, at most `up_to`, in order, `limit` rows at most."""
    rows = connection.exec_driver_sql(READ_AFTER, (workspace, seq, up_to, limit))
    return [StoredEvent(*row) for row in rows]


def oldest_seq(connection: Connection, workspace: UUID) -> int | None:
    """The lowest number still kept; None if no event is. Every number from it to the head is kept."""
    return connection.exec_driver_sql(OLDEST, (workspace,)).scalar_one_or_none()


def _columns(entries: Sequence[LoggedEvent]) -> dict[str, Any]:
    events = [entry.event for entry in entries]
    return {
        "workspace": _texts(event.workspace_id for event in events),
        "seq": [entry.seq for entry in entries],
        "event_id": [event.event_id for event in events],
        "event_type": [event.event_type for event in events],
        "event_data": [event.data_json for event in events],
        "user": _texts(event.user_id for event in events),
        "session": [event.session_id for event in events],
        "occurred": _texts(entry.occurred_at for entry in entries),
        "fingerprint": [f"\\x{entry.fingerprint.hex()}" for entry in entries],
    }


def _texts(values: Iterable[UUID | datetime]) -> list[str]:
    """Values as text: a batch repeats a few of them, and psycopg2 would adapt each one anew."""
    texts: dict[UUID | datetime, str] = {}
    return [texts.get(value) or texts.setdefault(value, str(value)) for value in values]
