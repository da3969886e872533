"""Appends to the event log, and reads what was appended.

It happens in the caller's transaction, which holds the heads' locks from `lock_heads` on: that makes numbers
gap-free and ids unique. Functions take a SQLAlchemy Connection on psycopg2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg2.extras import register_uuid
from sqlalchemy import Connection

from app.domain.event import REFERENCES, NumberedEvent
from app.domain.numbering import EventKey, KnownEventId
from app.event_log import identity as log_identity
from app.postgres.clocks import DATABASE_NOW
from app.postgres.statements import Script, Statement

MessageKey = tuple[UUID, str]  # a workspace, and the id of a message in it

register_uuid()  # type: ignore[no-untyped-call]  # the stubs leave it untyped; lists of UUIDs become arrays

# In id order, so that two commits cannot deadlock.
LOCK_ALL_HEADS = Statement(
    "lock_heads",
    """
    SELECT FROM event_heads WHERE workspace_id = ANY($1::uuid[]) ORDER BY workspace_id FOR UPDATE
    """,
)
# For a transaction of several workspaces, in which one must not delay all others.
LOCK_FREE_HEADS = Statement(
    "lock_free_heads",
    """
    SELECT workspace_id FROM event_heads WHERE workspace_id = ANY($1::uuid[])
    ORDER BY workspace_id FOR UPDATE SKIP LOCKED
    """,
)
SKIPPING_LOCK_TIMEOUT = 500  # milliseconds; for other locks
# A statement of its own: one that waits for a lock does not see what was committed meanwhile. LATERAL and LIMIT
# force an index look-up for each id: without statistics of the table, the planner would scan it.
# Future days need no look-up: a log whose head is more than 5 minutes ahead refuses events, and `now()` is only as
# old as the wait for locks, which is seconds. Past days are looked up without a bound: an id that is not found may
# be in the very partition that it is inserted into.
# After the heads and the known ids come the deleted messages, which have no epoch.
STATE_OF = """
    SELECT workspace_id, epoch, last_seq, last_received_at, {now}, identity, {identity}, event_id, seq,
           fingerprint, occurred_at
    FROM event_heads LEFT JOIN (
        unnest($1::uuid[], $2::text[]) AS asked (workspace_id, event_id) CROSS JOIN LATERAL (
            SELECT seq, fingerprint, occurred_at FROM event_ids
            WHERE workspace_id = asked.workspace_id AND event_id = asked.event_id
            AND received_at < coalesce($7::timestamptz, now()) + interval '1 hour' LIMIT 1
        ) AS taken
    ) USING (workspace_id)
    WHERE workspace_id = ANY($3::uuid[])
    UNION ALL
    SELECT asked.workspace_id, NULL, NULL, NULL, NULL, NULL, NULL, asked.message_id, NULL, NULL, NULL
    FROM unnest($4::uuid[], $5::text[]) AS asked (workspace_id, message_id) CROSS JOIN LATERAL (
        SELECT FROM message_deletions
        WHERE workspace_id = asked.workspace_id AND message_id = asked.message_id LIMIT 1
    ) AS deleted
    """
# By whether the role may read the identity of the log.
STATE = {
    readable: Statement(
        name, STATE_OF.format(now=DATABASE_NOW, identity=log_identity.identity_sql("$6", readable=readable))
    )
    for readable, name in ((True, "state"), (False, "state_without_identity"))
}
# One statement, one round trip: the events, their ids and the heads move together.
APPEND = Statement(
    "append",
    """
    WITH batch AS (
        SELECT * FROM unnest(
            $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[],
            $8::timestamptz[], $9::bytea[], $10::text[], $11::text[]
        ) AS b (workspace_id, seq, event_id, event_type, event_data, user_id, session_id, occurred_at,
                fingerprint, address, user_agent)
    ), heads AS (
        UPDATE event_heads SET last_seq = latest.seq, last_received_at = $12::timestamptz,
            identity = coalesce($13::text, identity)
        FROM (SELECT workspace_id, max(seq) AS seq FROM batch GROUP BY workspace_id) AS latest
        WHERE event_heads.workspace_id = latest.workspace_id
    ), ids AS (
        INSERT INTO event_ids (workspace_id, event_id, seq, fingerprint, occurred_at, received_at)
        SELECT workspace_id, event_id, seq, fingerprint, occurred_at, $12::timestamptz FROM batch
    )
    INSERT INTO events (workspace_id, seq, event_id, event_type, event_data, user_id, session_id, occurred_at,
                        address, user_agent, received_at)
    SELECT workspace_id, seq, event_id, event_type, event_data::jsonb, user_id, session_id, occurred_at,
           address, user_agent, $12::timestamptz
    FROM batch
    """,
)
# `->>` alone makes texts of numbers and objects too.
REFERENCE = "CASE jsonb_typeof(event_data -> '{0}') WHEN 'string' THEN event_data ->> '{0}' END AS \"{0}\""
AFTER = """
    SELECT seq, event_id, event_type, user_id, occurred_at, {references} FROM events
    WHERE workspace_id = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s
"""
REFERENCE_COLUMNS = ", ".join(map(REFERENCE.format, REFERENCES))
READ_AFTER = AFTER.format(references=REFERENCE_COLUMNS)


class EventsPruned(Exception):
    """Some of the requested events have been deleted by retention."""


class LockedHead(NamedTuple):
    """A locked head: where its log ends, when the last event was received, and the identity of its log."""

    epoch: str
    seq: int
    received_at: datetime | None
    identity: str | None = None  # None where the role may not read it


class LockedLog(NamedTuple):
    """The state of locked logs: heads, event ids that exist already, messages that are deleted.

    `now` is the database's clock, None without heads.
    """

    heads: dict[UUID, LockedHead]
    known: dict[EventKey, KnownEventId]
    deleted: set[MessageKey]
    now: datetime | None


class StoredEvent(NamedTuple):
    """The fields of an event that streams send."""

    seq: int
    event_id: str
    event_type: str
    user_id: UUID
    occurred_at: datetime
    references: Mapping[str, str | None]  # of its data


def lock_heads(
    connection: Connection,
    keys: Sequence[EventKey],
    messages: Sequence[MessageKey] = (),
    *,
    wait: bool = True,
    received_at: datetime | None = None,
) -> LockedLog:
    """Begin a transaction that locks the heads of the keys' workspaces until its end, and read their state.

    Takes a connection in autocommit. Without `wait`, heads that are locked already are left out. `received_at` is
    when the events to append are received, by default now by the database's clock. Raises IdentityChanged if
    another database has numbered one of the logs.
    """
    workspaces, event_ids = zip(*keys, strict=True)
    server = log_identity.read_server(connection)
    heads_of = _texts(sorted(set(workspaces)))
    script = Script()
    if wait:
        script.begin()
        script.add(LOCK_ALL_HEADS, heads_of)
    else:
        heads_of = _lock_free_heads(connection, heads_of)
    message_columns = (_texts(workspace for workspace, _ in messages), [message for _, message in messages])
    parameters = (_texts(workspaces), list(event_ids), heads_of, *message_columns, server, received_at)
    script.add(STATE[server is not None], *parameters)
    return _locked(script.run(connection))


def _locked(rows: Iterable[tuple[Any, ...]]) -> LockedLog:
    locked = LockedLog({}, {}, set(), None)
    for workspace, epoch, last_seq, received_at, now, numbered_by, current, name, *known in rows:
        if epoch is None:
            locked.deleted.add((workspace, name))
            continue
        if log_identity.is_foreign(numbered_by, current):
            raise log_identity.IdentityChanged
        locked = locked._replace(now=now)
        locked.heads[workspace] = LockedHead(epoch, last_seq, received_at, current)
        if name is not None:
            seq, fingerprint, occurred_at = known
            locked.known[workspace, name] = KnownEventId(seq, bytes(fingerprint), occurred_at)
    return locked


def _lock_free_heads(connection: Connection, workspaces: list[str]) -> list[str]:
    # A round trip of its own: the next statement is about the heads that are locked by then, and no others.
    script = Script()
    script.begin(lock_timeout_ms=SKIPPING_LOCK_TIMEOUT)
    script.add(LOCK_FREE_HEADS, workspaces)
    return _texts(workspace for (workspace,) in script.run(connection))


def append(
    script: Script, entries: Sequence[NumberedEvent], received_at: datetime, identity: str | None = None
) -> None:
    """Insert numbered events and move the heads; the caller holds the heads' locks and commits.

    `identity` is that of the locked heads. `received_at` is one time for the whole commit, not before that of any
    event in these logs: so days that retention drops have the lowest numbers, and leave no gap.
    """
    script.add(APPEND, *_columns(entries), received_at, identity)


def read_after(
    connection: Connection, workspace: UUID, seq: int, *, up_to: int = 2**63 - 1, limit: int
) -> list[StoredEvent]:
    """Events numbered above `seq` and up to `up_to`, in order; `limit` rows at most."""
    rows = connection.exec_driver_sql(READ_AFTER, (workspace, seq, up_to, limit))
    return [
        StoredEvent(seq, event_id, event_type, user_id, at, dict(zip(REFERENCES, references, strict=True)))
        for seq, event_id, event_type, user_id, at, *references in rows
    ]


def _columns(entries: Sequence[NumberedEvent]) -> Iterable[Sequence[object]]:
    events = [entry.event for entry in entries]
    yield _texts(event.workspace_id for event in events)
    yield [entry.seq for entry in entries]
    yield [event.event_id for event in events]
    yield [event.event_type for event in events]
    yield [event.data_json for event in events]
    yield _texts(event.user_id for event in events)
    yield [event.session_id for event in events]
    yield _texts(entry.occurred_at for entry in entries)
    yield [f"\\x{entry.fingerprint.hex()}" for entry in entries]
    yield [event.sender.address for event in events]
    yield [event.sender.user_agent for event in events]


def _texts(values: Iterable[UUID | datetime]) -> list[str]:
    """Values as text: a batch repeats a few of them, and psycopg2 would adapt each repetition."""
    texts: dict[UUID | datetime, str] = {}
    return [texts.get(value) or texts.setdefault(value, str(value)) for value in values]


# Fields that metrics count by; all others of an event's data may be personal.
COUNTED_BY = ("messageId", "channelId", "orchestratorId", "taskId")


def anonymise(connection: Connection, user_id: UUID) -> int:
    """Delete what could identify a user from their events; returns the number of events."""
    return connection.exec_driver_sql(
        """
        UPDATE events SET session_id = NULL, address = NULL, user_agent = NULL, event_data = coalesce(
            (SELECT jsonb_object_agg(key, value) FROM jsonb_each(event_data) WHERE key = ANY(%s)), '{}'
        ) WHERE user_id = %s
        """,
        (list(COUNTED_BY), user_id),
    ).rowcount
