"""How the source system counted: eight queries over raw rows, for each connection, on each tick.

Deleted messages are counted here, which is to its advantage.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

OF_US = "FROM events AS e WHERE e.workspace_id = %(workspace)s"
HOUR = "AND e.occurred_at > %(now)s - interval '1 hour'"
QUERIES = {
    "activeUsers": f"SELECT count(DISTINCT user_id) {OF_US} AND e.occurred_at >= %(midnight)s",
    "onlineUsers": f"SELECT count(DISTINCT user_id) {OF_US} AND e.occurred_at > %(now)s - interval '5 minutes'",
    "activeSessions": f"""SELECT count(DISTINCT session_id) {OF_US}
        AND e.occurred_at > %(now)s - interval '30 minutes'""",
    "messagesLastHour": f"SELECT count(*) {OF_US} AND e.event_type = 'message.sent' {HOUR}",
    "messagesToday": f"""SELECT count(*) {OF_US} AND e.event_type = 'message.sent'
        AND e.occurred_at >= %(midnight)s""",
    "activeChannels": f"""SELECT count(DISTINCT event_data ->> 'channelId') {OF_US}
        AND e.event_type = 'message.sent' {HOUR}""",
    "activeOrchestrators": f"""SELECT count(*) FROM (
            SELECT DISTINCT ON (event_data ->> 'orchestratorId') event_type, occurred_at {OF_US}
            AND e.event_type LIKE 'orchestrator.%%' ORDER BY event_data ->> 'orchestratorId', occurred_at DESC
        ) AS lasts WHERE event_type <> 'orchestrator.offline' AND occurred_at > %(now)s - interval '10 minutes'""",  # noqa: S608
    "tasksInProgress": f"""SELECT count(*) FROM (
            SELECT DISTINCT ON (event_data ->> 'taskId') event_type {OF_US}
            AND e.event_type LIKE 'task.%%' ORDER BY event_data ->> 'taskId', occurred_at DESC
        ) AS lasts WHERE event_type IN ('task.created', 'task.started')""",  # noqa: S608
}


def figures(connection: Connection, workspace: UUID, now: datetime) -> dict[str, int]:
    """What one connection asked on one tick."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    parameters = {"workspace": workspace, "now": now, "midnight": midnight}
    return {
        name: connection.exec_driver_sql(query, parameters).scalar_one() for name, query in QUERIES.items()
    }
