"""The metrics: what each means, and the SQL that answers it for many workspaces at once.

Each query reads `w (id, midnight)`, the workspaces asked about with the start of their local day, and gives rows
of (workspace, value), or (workspace, key, value) for a metric by key. `%(now)s` is the tick's moment. Windows
begin after their start and have no end: an event stamped up to 5 minutes ahead of our clock counts at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ASKED = "WITH w AS (SELECT * FROM unnest(%(ids)s::uuid[], %(midnights)s::timestamptz[]) AS w (id, midnight))"


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: its name in the payload, its unit, its meaning in a line, and its query."""

    name: str
    unit: str
    meaning: str
    sql: str
    by_key: bool = False


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "activeUsers",
            "users",
            "Distinct users with an event since local midnight.",
            """SELECT w.id, count(*) FROM w
                JOIN user_presence AS p ON p.workspace_id = w.id AND p.last_seen >= w.midnight
                GROUP BY w.id""",
        ),
        Metric(
            "onlineUsers",
            "users",
            "Distinct users with an event in the last 5 minutes.",
            """SELECT w.id, count(*) FROM w
                JOIN user_presence AS p ON p.workspace_id = w.id AND p.last_seen > %(now)s - interval '5 minutes'
                GROUP BY w.id""",
        ),
        Metric(
            "activeSessions",
            "sessions",
            "Distinct sessions with an event in the last 30 minutes.",
            """SELECT w.id, count(*) FROM w
                JOIN session_presence AS p
                ON p.workspace_id = w.id AND p.last_seen > %(now)s - interval '30 minutes'
                GROUP BY w.id""",
        ),
        Metric(
            "messagesLastHour",
            "messages",
            "Messages sent in the last 60 minutes, less those since deleted.",
            # Whole minutes from their sums, the minute that the hour begins in from its rows. Those were received
            # 5 minutes early at most, which leaves one or two partitions to look at.
            """SELECT w.id, coalesce((
                    SELECT sum(m.count - m.retracted) FROM minute_counts AS m
                    WHERE m.workspace_id = w.id AND m.event_type = 'message.sent'
                    AND m.minute > %(now)s - interval '1 hour'
                ), 0) + (
                    SELECT count(*) FROM events AS e
                    WHERE e.workspace_id = w.id AND e.event_type = 'message.sent'
                    AND e.occurred_at > %(now)s - interval '1 hour'
                    AND e.occurred_at < date_trunc('minute', %(now)s - interval '1 hour') + interval '1 minute'
                    AND e.received_at > %(now)s - interval '2 hours'
                    AND NOT EXISTS (
                        SELECT FROM message_deletions AS gone WHERE gone.workspace_id = e.workspace_id
                        AND gone.message_id = e.event_data ->> 'messageId'
                    )
                ) FROM w""",
        ),
        Metric(
            "messagesToday",
            "messages",
            "Messages sent since local midnight, less those since deleted.",
            """SELECT w.id, sum(m.count - m.retracted) FROM w
                JOIN minute_counts AS m ON m.workspace_id = w.id AND m.minute >= w.midnight
                AND m.event_type = 'message.sent'
                GROUP BY w.id""",
        ),
        Metric(
            "activeChannels",
            "channels",
            "Channels, not archived, with a message in the last hour.",
            """SELECT w.id, count(*) FROM w
                JOIN channels AS c ON c.workspace_id = w.id
                AND c.last_message_at > %(now)s - interval '1 hour'
                AND (c.archived_at IS NULL OR c.archived_at < c.created_at)
                GROUP BY w.id""",
        ),
        Metric(
            "activeOrchestrators",
            "orchestrators",
            "Orchestrators whose last state is online or busy, heard of in the last 10 minutes.",
            """SELECT w.id, count(*) FROM w
                JOIN orchestrators AS o ON o.workspace_id = w.id AND o.state IN ('online', 'busy')
                AND o.state_at > %(now)s - interval '10 minutes'
                GROUP BY w.id""",
        ),
        Metric(
            "tasksInProgress",
            "tasks",
            "Tasks created or started, and not completed, failed or cancelled since.",
            """SELECT w.id, count(*) FROM w
                JOIN tasks AS t ON t.workspace_id = w.id AND t.is_open
                GROUP BY w.id""",
        ),
        Metric(
            "eventCounts",
            "events",
            "Events since local midnight, by type.",
            """SELECT w.id, m.event_type, sum(m.count) FROM w
                JOIN minute_counts AS m ON m.workspace_id = w.id AND m.minute >= w.midnight AND m.count > 0
                GROUP BY w.id, m.event_type""",
            by_key=True,
        ),
    )
}
