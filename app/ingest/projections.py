"""Updates the projections, the tables that figures are read from, inside the transaction of a commit.

Every statement adds sums or takes extremes, so the result does not depend on how events were split into
commits. Rows are written in key order; the heads' locks already keep two commits of one workspace apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.effects import Effects
from app.domain.event import HOUR_FINAL_AFTER, MAX_AHEAD
from app.domain.resolution import HOUR, floor
from app.event_log.append import MessageKey
from app.postgres.statements import Script, Statement

MINUTES = Statement(
    "minutes",
    """
    INSERT INTO minute_counts AS m (workspace_id, minute, event_type, count)
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::int[])
    ON CONFLICT (workspace_id, minute, event_type) DO UPDATE SET count = m.count + excluded.count
    """,
)
# Hours that were taken for final are summed up again (app/insights/activity/hour_rollup.py).
REOPEN_HOURS = Statement(
    "reopen_hours",
    """
    UPDATE event_heads AS h SET hours_until = late.hour
    FROM unnest($1::uuid[], $2::timestamptz[]) AS late (workspace_id, hour)
    WHERE h.workspace_id = late.workspace_id AND h.hours_until > late.hour
    """,
)
# A stored time further ahead than an event may be stamped is of a wrong clock, and is replaced. That bound is
# the last parameter of the statements that store a latest time.
USERS = Statement(
    "users",
    """
    INSERT INTO user_presence AS p (workspace_id, user_id, last_seen)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
    ON CONFLICT (workspace_id, user_id) DO UPDATE SET last_seen = excluded.last_seen
    WHERE p.last_seen < excluded.last_seen OR p.last_seen > $4::timestamptz
    """,
)
SESSIONS = Statement(
    "sessions",
    """
    INSERT INTO session_presence AS p (workspace_id, session_id, last_seen)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
    ON CONFLICT (workspace_id, session_id) DO UPDATE SET last_seen = excluded.last_seen
    WHERE p.last_seen < excluded.last_seen OR p.last_seen > $4::timestamptz
    """,
)
CHANNELS = Statement(
    "channels",
    """
    INSERT INTO channels AS c (workspace_id, channel_id, last_message_at, created_at, archived_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    ON CONFLICT (workspace_id, channel_id) DO UPDATE SET
        last_message_at = CASE WHEN c.last_message_at > $6::timestamptz THEN excluded.last_message_at
            ELSE greatest(c.last_message_at, excluded.last_message_at) END,
        created_at = greatest(c.created_at, excluded.created_at),
        archived_at = greatest(c.archived_at, excluded.archived_at)
    """,
)
ORCHESTRATORS = Statement(
    "orchestrators",
    """
    INSERT INTO orchestrators AS o (workspace_id, orchestrator_id, state_at, state_seq, state)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bigint[], $5::text[])
    ON CONFLICT (workspace_id, orchestrator_id) DO UPDATE
    SET state = excluded.state, state_at = excluded.state_at, state_seq = excluded.state_seq
    WHERE (o.state_at, o.state_seq) < (excluded.state_at, excluded.state_seq) OR o.state_at > $6::timestamptz
    """,
)
TASKS = Statement(
    "tasks",
    """
    INSERT INTO tasks AS t (workspace_id, task_id, first_started_at, last_started_at, ended_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    ON CONFLICT (workspace_id, task_id) DO UPDATE SET
        first_started_at = least(t.first_started_at, excluded.first_started_at),
        last_started_at = greatest(t.last_started_at, excluded.last_started_at),
        ended_at = greatest(t.ended_at, excluded.ended_at)
    """,
)
NEW_DELETIONS = Statement(
    "new_deletions",
    """
    INSERT INTO message_deletions (workspace_id, message_id, deleted_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) ON CONFLICT DO NOTHING
    RETURNING workspace_id, message_id
    """,
)
# A trigger (migration 0015) adjusts the sums by hour, too.
# A deletion retracts all messages of its id, those committed long ago and those of this very commit; a message
# whose deletion came first is retracted as it arrives (`since` prevents a second retraction).
RETRACT = """
    INSERT INTO minute_counts AS m (workspace_id, minute, event_type, count, retracted)
    SELECT e.workspace_id, date_trunc('minute', e.occurred_at), 'message.sent', 0, count(*)
    FROM unnest(%(workspace)s::uuid[], %(message)s::text[], %(since)s::bigint[])
        AS d (workspace_id, message_id, seq)
    JOIN events AS e ON e.workspace_id = d.workspace_id AND e.event_type = 'message.sent'
        AND e.event_data ->> 'messageId' = d.message_id AND e.seq >= d.seq
    GROUP BY 1, 2
    ON CONFLICT (workspace_id, minute, event_type) DO UPDATE SET retracted = m.retracted + excluded.retracted
"""
# Where the retracted message was a channel's latest, another one is now. Only those of the last hour count, so
# only the latest partitions are read (an event is received 5 minutes early at most).
RECALL_CHANNELS = """
    WITH touched AS (
        SELECT DISTINCT e.workspace_id, e.event_data ->> 'channelId' AS channel_id
        FROM unnest(%(workspace)s::uuid[], %(message)s::text[]) AS d (workspace_id, message_id)
        JOIN events AS e ON e.workspace_id = d.workspace_id AND e.event_type = 'message.sent'
            AND e.event_data ->> 'messageId' = d.message_id
            AND e.received_at > %(received)s - interval '3 hours'
        JOIN channels AS c ON c.workspace_id = e.workspace_id AND c.channel_id = e.event_data ->> 'channelId'
            AND c.last_message_at = e.occurred_at
    )
    UPDATE channels AS c SET last_message_at = (
        SELECT max(e.occurred_at) FROM events AS e
        WHERE e.workspace_id = c.workspace_id AND e.event_type = 'message.sent'
            AND e.occurred_at > %(received)s - interval '2 hours'
            AND e.received_at > %(received)s - interval '3 hours'
            AND e.event_data ->> 'channelId' = c.channel_id
            AND NOT EXISTS (
                SELECT FROM message_deletions AS gone WHERE gone.workspace_id = e.workspace_id
                AND gone.message_id = e.event_data ->> 'messageId'
            )
    )
    FROM touched WHERE c.workspace_id = touched.workspace_id AND c.channel_id = touched.channel_id
"""


def write(script: Script, effects: Effects, received_at: datetime) -> None:
    """Add the statements for the effects of events just appended, except for deletions of messages."""
    ahead = received_at + MAX_AHEAD
    _write(script, MINUTES, ((*key, count) for key, count in effects.minutes.items()))
    if min(minute for _, minute, _ in effects.minutes) < received_at - HOUR_FINAL_AFTER:
        _write(script, REOPEN_HOURS, _earliest_hours(effects))
    _write(script, USERS, ((*key, at) for key, at in effects.users.items()), ahead)
    _write(script, SESSIONS, ((*key, at) for key, at in effects.sessions.items()), ahead)
    _write(script, CHANNELS, _channel_rows(effects), ahead)
    _write(script, ORCHESTRATORS, ((*key, *state) for key, state in effects.orchestrators.items()), ahead)
    _write(
        script,
        TASKS,
        (
            (*key, times.first_started_at, times.last_started_at, times.ended_at)
            for key, times in effects.tasks.items()
        ),
    )


def retract(
    connection: Connection,
    effects: Effects,
    deleted_before: Container[MessageKey],
    first_seqs: Mapping[UUID, int],
    received_at: datetime,
) -> None:
    """Retract deleted messages. `first_seqs` is the first new number of each workspace."""
    # Of messages that were deleted before, only those of this commit are still to be retracted.
    gone = {key: first_seqs[key[0]] for key in effects.sent if key in deleted_before}
    if effects.deleted:
        script = Script()
        _write(script, NEW_DELETIONS, ((*key, received_at) for key in effects.deleted))
        gone |= {tuple(row): 0 for row in script.run(connection)}
    if gone:
        parameters = {
            "workspace": [workspace for workspace, _ in gone],
            "message": [message for _, message in gone],
            "since": list(gone.values()),
            "received": received_at,
        }
        connection.exec_driver_sql(RETRACT, parameters)
        connection.exec_driver_sql(RECALL_CHANNELS, parameters)


def _earliest_hours(effects: Effects) -> Iterable[tuple[object, ...]]:
    earliest: dict[UUID, datetime] = {}
    for workspace, minute, _ in effects.minutes:
        earliest[workspace] = min(minute, earliest.get(workspace, minute))
    return ((workspace, floor(minute, HOUR)) for workspace, minute in earliest.items())


def _channel_rows(effects: Effects) -> Iterable[tuple[object, ...]]:
    for key in {*effects.messages, *effects.created, *effects.archived}:
        yield (*key, effects.messages.get(key), effects.created.get(key), effects.archived.get(key))


def _write(script: Script, statement: Statement, rows: Iterable[tuple[object, ...]], *more: datetime) -> None:
    if rows := sorted(rows, key=lambda row: row[:2]):
        script.add(statement, *map(list, zip(*rows, strict=True)), *more)
