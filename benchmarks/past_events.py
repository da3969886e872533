"""Fills a workspace's log with days of events, shaped like real ones, and everything that commits would have kept.

A bell of activity around noon; half of the events are messages, some of which are deleted; 200 people, 40
channels, 20 orchestrators, tasks that are done within the hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.event_log import partitions

EVENTS = """
    INSERT INTO events (
        workspace_id, seq, received_at, event_id, event_type, event_data, user_id, session_id, occurred_at
    )
    SELECT %(workspace)s, %(seq)s + row_number() OVER (ORDER BY at), at, 'e-' || (%(seq)s + n), kind,
        CASE split_part(kind, '.', 1)
            WHEN 'message' THEN jsonb_build_object(
                'messageId', 'm-' || CASE kind WHEN 'message.deleted' THEN %(seq)s + n / 2 ELSE %(seq)s + n END,
                'channelId', 'c-' || person %% 40
            )
            WHEN 'task' THEN jsonb_build_object('taskId', 't-' || (%(seq)s + n) / 20)
            WHEN 'orchestrator' THEN jsonb_build_object('orchestratorId', 'o-' || person %% 20)
            ELSE '{}' END,
        ('00000000-0000-4000-8000-' || lpad(person::text, 12, '0'))::uuid,
        's-' || person || '-' || extract(hour FROM at), at
    FROM (
        SELECT n, %(start)s::timestamptz + (random() + random() + random()) / 3 * interval '24 hours' AS at,
            floor(random() * random() * 200)::int AS person,
            (ARRAY['message.sent', 'message.sent', 'message.sent', 'message.sent', 'message.sent',
                   'message.sent',
                   'message.received', 'message.edited', 'message.deleted', 'reaction.added', 'user.active',
                   'search.performed', 'file.uploaded', 'task.created', 'task.started', 'task.completed',
                   'orchestrator.busy', 'orchestrator.online', 'call.joined', 'vp.message.sent'
            ])[n %% 20 + 1] AS kind
        FROM generate_series(1, %(count)s) AS n
    ) AS drawn WHERE at <= %(now)s
"""
# What commits keep, made anew from the log.
PROJECTIONS = (
    """INSERT INTO message_deletions SELECT DISTINCT workspace_id, event_data ->> 'messageId', now() FROM events
        WHERE workspace_id = %(workspace)s AND event_type = 'message.deleted'""",
    """INSERT INTO minute_counts
        SELECT e.workspace_id, date_trunc('minute', occurred_at), event_type, count(*),
            count(*) FILTER (WHERE event_type = 'message.sent' AND d.message_id IS NOT NULL)
        FROM events AS e LEFT JOIN message_deletions AS d
            ON d.workspace_id = e.workspace_id AND d.message_id = event_data ->> 'messageId'
        WHERE e.workspace_id = %(workspace)s GROUP BY 1, 2, 3 ORDER BY 2""",
    """INSERT INTO user_presence SELECT workspace_id, user_id, max(occurred_at) FROM events
        WHERE workspace_id = %(workspace)s GROUP BY 1, 2""",
    """INSERT INTO session_presence SELECT workspace_id, session_id, max(occurred_at) FROM events
        WHERE workspace_id = %(workspace)s AND received_at > %(now)s - interval '2 days' GROUP BY 1, 2""",
    """INSERT INTO channels SELECT workspace_id, event_data ->> 'channelId', max(occurred_at) FROM events
        WHERE workspace_id = %(workspace)s AND event_type = 'message.sent' GROUP BY 1, 2""",
    """INSERT INTO orchestrators
        SELECT DISTINCT ON (event_data ->> 'orchestratorId') workspace_id, event_data ->> 'orchestratorId',
            split_part(event_type, '.', 2), occurred_at, seq
        FROM events WHERE workspace_id = %(workspace)s AND event_type LIKE 'orchestrator.%%'
        ORDER BY event_data ->> 'orchestratorId', occurred_at DESC""",
    """INSERT INTO tasks
        SELECT workspace_id, event_data ->> 'taskId',
            min(occurred_at) FILTER (WHERE event_type = 'task.started'),
            max(occurred_at) FILTER (WHERE event_type = 'task.started'),
            max(occurred_at) FILTER (WHERE event_type = 'task.completed')
        FROM events WHERE workspace_id = %(workspace)s AND event_type LIKE 'task.%%' GROUP BY 1, 2""",
    """UPDATE event_heads SET last_received_at = %(now)s,
            last_seq = (SELECT coalesce(max(seq), 0) FROM events WHERE workspace_id = %(workspace)s)
        WHERE workspace_id = %(workspace)s""",
)
WORKSPACES = """
    WITH new AS (
        INSERT INTO workspaces (id, slug, name, created_at)
        SELECT gen_random_uuid(), %(slug)s || n, 'Bench', '2020-01-01' FROM generate_series(1, %(count)s) AS n
        RETURNING id
    ) INSERT INTO event_heads (workspace_id, epoch) SELECT id, 'a1b2c3d4' FROM new RETURNING workspace_id
"""
# Hours of thirteen months, as they are left of real ticks.
HOURS = """
    INSERT INTO roll_ups SELECT %(workspace)s, 3600, at, (
        SELECT jsonb_object_agg(metric, jsonb_build_array(720, 720 * level, level - 2, level + 3, level))
        FROM unnest(
            ARRAY['activeUsers', 'onlineUsers', 'activeSessions', 'messagesLastHour', 'messagesToday',
                  'activeChannels', 'activeOrchestrators', 'tasksInProgress', 'eventCounts']
        ) AS metric, LATERAL (SELECT 20 + extract(hour FROM at)::int AS level) AS day
    ) FROM generate_series(date_trunc('hour', %(now)s::timestamptz) - interval '400 days', %(now)s, '1 hour') AS at
"""


def make_workspaces(connection: Connection, slug: str, count: int) -> list[UUID]:
    """So many new workspaces with empty logs."""
    return list(connection.exec_driver_sql(WORKSPACES, {"slug": slug, "count": count}).scalars())


def fill_history(connection: Connection, workspace: UUID, now: datetime) -> None:
    """Thirteen months of hours."""
    connection.exec_driver_sql(HOURS, {"workspace": workspace, "now": now})
    connection.commit()


def analyze(connection: Connection) -> None:
    """Let the planner know what is there, as the server does by itself in time."""
    connection.exec_driver_sql("ANALYZE")
    connection.commit()


def fill(connection: Connection, workspace: UUID, now: datetime, a_day: int, days: int) -> int:
    """Events of so many days up to `now`; returns how many there are."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=days - 1)
    partitions.create(connection, first.date(), days + 1)
    for day in range(days):
        start = first + timedelta(days=day)
        connection.exec_driver_sql(
            EVENTS, {"workspace": workspace, "seq": day * a_day, "start": start, "count": a_day, "now": now}
        )
        connection.commit()
    if days > 1:
        analyze(connection)  # or the planner would loop over what is large
    for statement in PROJECTIONS:
        connection.exec_driver_sql(statement, {"workspace": workspace, "now": now})
    connection.commit()
    count = "SELECT count(*) FROM events WHERE workspace_id = %s"
    return connection.exec_driver_sql(count, (workspace,)).scalar_one()
