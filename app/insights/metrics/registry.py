"""The registry of built-in metrics: each one's meaning, and the SQL that computes it for many workspaces at once.

The only place where a metric is declared: the payload of `stats`, history, `GET …/analytics/metrics` and
docs/metrics.md are derived from it. To add one, add an entry to `METRICS`, and its naive recount to the tests.

Each query reads `w (id, midnight)`, the workspaces with the start of their local day, and returns rows of
(workspace, value), or (workspace, key, value) for a metric by key. `$start` is the start of its window. Windows
have no end: an event stamped up to 5 minutes ahead of our clock counts at once. Presence further ahead than that
(`%(ahead)s`) is ignored: it was written by a wrong clock, and would show a user as online for days.

PostgreSQL plans a query before it knows the midnights in `w` or the value of `now` less an hour. So queries of
growing tables also have a constant bound: `%(dawn)s`, the earliest midnight, or `%(two_hours_ago)s`. Without it,
PostgreSQL reads the minutes of all days to find today's, and plans for the partitions of all days. Sums are taken
in a subquery per workspace: with a plain join, the planner prefers a scan of all minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from app.domain.event import MAX_AHEAD
from app.domain.windows import NOW, TODAY, MetricWindow, last

SqlParameters = dict[str, Any]

# A condition on an event `e`: its message was not deleted, whichever of the two events came first.
NOT_DELETED = """NOT EXISTS (
    SELECT FROM message_deletions AS gone WHERE gone.workspace_id = e.workspace_id
    AND gone.message_id = e.event_data ->> 'messageId'
)"""
WORKSPACES_CTE = (
    "WITH w AS (SELECT * FROM unnest(%(ids)s::uuid[], %(midnights)s::timestamptz[]) AS w (id, midnight))"
)


# A level is there at every moment, so it has a mean over time. An amount counts or sums what happened within a
# window or since midnight; a mean of it is no number of anything that happened.
MetricKind = Literal["level", "amount"]
OVER_TIME: Mapping[MetricKind, Literal["mean", "last"]] = {"level": "mean", "amount": "last"}
TREND: Mapping[MetricKind, Literal["mean", "max"]] = {"level": "mean", "amount": "max"}


@dataclass(frozen=True, slots=True)
class MinuteSum:
    """An additive metric as a sum over rows `m` of minute_counts, or over rows `h` of hour_counts (`hour_value`).

    `types` is bound to `%(types)s`.
    """

    value: str
    hour_value: str
    where: str = "true"
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: its name in the payload, its unit, its meaning in a line, its window and its query.

    `kind` says whether its figures may be averaged over time: see `MetricKind`. `minute_sum` is set for additive
    metrics: whole days and months are sums, of others the mean or the maximum. `counted` is the condition on
    events `e` of the window that count towards the figure; explanations list these.
    """

    name: str
    unit: str
    meaning: str
    window: MetricWindow
    kind: MetricKind
    query: str
    by_key: bool = False
    minute_sum: MinuteSum | None = None
    counted: str = "true"

    @property
    def sql(self) -> str:
        """The query, with the start of the window substituted for `$start`."""
        length = self.window.length
        start = (
            "w.midnight" if length is None else f"(%(now)s - interval '{length.total_seconds():.0f} seconds')"
        )
        return self.query.replace("$start", start)


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "activeUsers",
            "users",
            "Distinct users with an event since local midnight.",
            TODAY,
            "amount",
            """SELECT w.id, count(*) FROM w
                JOIN user_presence AS p ON p.workspace_id = w.id AND p.last_seen >= $start
                AND p.last_seen <= %(ahead)s
                GROUP BY w.id""",
        ),
        Metric(
            "onlineUsers",
            "users",
            "Distinct users with an event in the last 5 minutes.",
            last(minutes=5),
            "level",
            """SELECT w.id, count(*) FROM w
                JOIN user_presence AS p ON p.workspace_id = w.id AND p.last_seen > $start
                AND p.last_seen <= %(ahead)s
                GROUP BY w.id""",
        ),
        Metric(
            "activeSessions",
            "sessions",
            "Distinct sessions with an event in the last 30 minutes.",
            last(minutes=30),
            "level",
            """SELECT w.id, count(*) FROM w
                JOIN session_presence AS p
                ON p.workspace_id = w.id AND p.last_seen > $start
                AND p.last_seen <= %(ahead)s
                GROUP BY w.id""",
            counted="e.session_id IS NOT NULL",
        ),
        Metric(
            "messagesLastHour",
            "messages",
            "Messages sent in the last 60 minutes, less those since deleted.",
            last(hours=1),
            "amount",
            # Whole minutes from their sums, the minute in which the hour begins from events. These were received
            # at most 5 minutes before they occurred, so one or two partitions are read.
            f"""SELECT w.id, coalesce((
                    SELECT sum(m.count - m.retracted) FROM minute_counts AS m
                    WHERE m.workspace_id = w.id AND m.event_type = 'message.sent'
                    AND m.minute > $start AND m.minute > %(two_hours_ago)s
                ), 0) + (
                    SELECT count(*) FROM events AS e
                    WHERE e.workspace_id = w.id AND e.event_type = 'message.sent'
                    AND e.occurred_at > $start
                    AND e.occurred_at < date_trunc('minute', $start) + interval '1 minute'
                    AND e.received_at > %(two_hours_ago)s
                    AND {NOT_DELETED}
                ) FROM w""",  # noqa: S608
            counted=f"e.event_type = 'message.sent' AND {NOT_DELETED}",
        ),
        Metric(
            "messagesToday",
            "messages",
            "Messages sent since local midnight, less those since deleted.",
            TODAY,
            "amount",
            """SELECT w.id, coalesce((
                    SELECT sum(m.count - m.retracted) FROM minute_counts AS m
                    WHERE m.workspace_id = w.id AND m.event_type = 'message.sent'
                    AND m.minute >= $start AND m.minute >= %(dawn)s
                ), 0) FROM w""",
            minute_sum=MinuteSum("m.count - m.retracted", "h.messages", "m.event_type = 'message.sent'"),
            counted=f"e.event_type = 'message.sent' AND {NOT_DELETED}",
        ),
        Metric(
            "activeChannels",
            "channels",
            "Channels, not archived, with a message in the last hour.",
            last(hours=1),
            "level",
            """SELECT w.id, count(*) FROM w
                JOIN channels AS c ON c.workspace_id = w.id
                AND c.last_message_at > $start AND c.last_message_at <= %(ahead)s
                AND (c.archived_at IS NULL OR c.archived_at < c.created_at)
                GROUP BY w.id""",
            counted=f"""e.event_type = 'message.sent' AND {NOT_DELETED} AND EXISTS (
                SELECT FROM channels AS c WHERE c.workspace_id = e.workspace_id
                AND c.channel_id = e.event_data ->> 'channelId'
                AND (c.archived_at IS NULL OR c.archived_at < c.created_at)
            )""",
        ),
        Metric(
            "activeOrchestrators",
            "orchestrators",
            "Orchestrators whose last state is online or busy, heard of in the last 10 minutes.",
            last(minutes=10),
            "level",
            """SELECT w.id, count(*) FROM w
                JOIN orchestrators AS o ON o.workspace_id = w.id AND o.state IN ('online', 'busy')
                AND o.state_at > $start AND o.state_at <= %(ahead)s
                GROUP BY w.id""",
            counted="""e.event_type IN ('orchestrator.online', 'orchestrator.busy') AND EXISTS (
                SELECT FROM orchestrators AS o WHERE o.workspace_id = e.workspace_id
                AND o.orchestrator_id = e.event_data ->> 'orchestratorId' AND o.state_seq = e.seq
            )""",
        ),
        Metric(
            "tasksInProgress",
            "tasks",
            "Tasks created or started, and not completed, failed or cancelled since.",
            NOW,
            "level",
            """SELECT w.id, count(*) FROM w
                JOIN tasks AS t ON t.workspace_id = w.id AND t.is_open
                GROUP BY w.id""",
            counted="""e.event_type IN ('task.created', 'task.started') AND EXISTS (
                SELECT FROM tasks AS t WHERE t.workspace_id = e.workspace_id
                AND t.task_id = e.event_data ->> 'taskId' AND t.is_open
            )""",
        ),
        Metric(
            "eventCounts",
            "events",
            "Events since local midnight, by type.",
            TODAY,
            "amount",
            """SELECT w.id, today.event_type, today.events FROM w CROSS JOIN LATERAL (
                    SELECT m.event_type, sum(m.count) AS events FROM minute_counts AS m
                    WHERE m.workspace_id = w.id AND m.minute >= $start AND m.minute >= %(dawn)s AND m.count > 0
                    GROUP BY m.event_type
                ) AS today""",
            by_key=True,
            minute_sum=MinuteSum("m.count", "h.events"),
        ),
    )
}


def metric_parameters(ids: Iterable[UUID], midnights: Iterable[datetime], now: datetime) -> SqlParameters:
    """The parameters of the metrics' queries; `midnights` are the starts of the local days, one for each id."""
    began = list(midnights)
    return {
        "now": now,
        "ids": list(ids),
        "midnights": began,
        "dawn": min(began, default=now),
        "ahead": now + MAX_AHEAD,
        "two_hours_ago": now - timedelta(hours=2),
    }


def query_metric(connection: Connection, parameters: SqlParameters, metric: Metric) -> dict[UUID, Any]:
    """A metric's value by workspace, a dictionary for a metric by key; a workspace without rows is omitted."""
    rows = connection.exec_driver_sql(f"{WORKSPACES_CTE} {metric.sql}", parameters)
    if not metric.by_key:
        return {workspace: int(value) for workspace, value in rows}
    values: dict[UUID, dict[str, int]] = {}
    for workspace, key, value in rows:
        values.setdefault(workspace, {})[key] = int(value)
    return values
