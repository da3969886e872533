"""Redating: brings logs back whose last event a wrong clock has filed under a day to come.

Commits to such a log are refused, for what follows would be filed there too, and be dropped with the wrong days.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from app.domain.event import MAX_AHEAD
from app.event_log import partitions
from app.postgres import clocks

HEADS = """
    SELECT workspace_id FROM event_heads WHERE last_received_at > %s ORDER BY workspace_id FOR UPDATE
"""
# Moving an id to another partition deletes it in the one it was in, which a trigger refuses (migration 0014).
MAY_MOVE_IDS = "SELECT set_config('pulse.delete_event_ids', 'on', true)"
# The order of a log is that of its numbers, so that one moment serves all.
RECEIVED = (
    "UPDATE events SET received_at = %(now)s WHERE workspace_id = %(ws)s AND received_at > %(now)s",
    "UPDATE event_ids SET received_at = %(now)s WHERE workspace_id = %(ws)s AND received_at > %(now)s",
    "UPDATE event_heads SET last_received_at = %(now)s WHERE workspace_id = %(ws)s",
)
SEEN = (
    "UPDATE user_presence SET last_seen = %(now)s WHERE last_seen > %(latest)s",
    "UPDATE session_presence SET last_seen = %(now)s WHERE last_seen > %(latest)s",
)


def redate(engine: Engine) -> int:
    """Do it for all logs, by the database's clock; returns how many there were."""
    with engine.begin() as connection:
        now = clocks.database_now(connection)
        partitions.make(connection, now.date(), 1)
        connection.exec_driver_sql(MAY_MOVE_IDS)
        workspaces: list[UUID] = [workspace for (workspace,) in connection.exec_driver_sql(HEADS, (now,))]
        for workspace in workspaces:
            for statement in RECEIVED:
                connection.exec_driver_sql(statement, {"now": now, "ws": workspace})
        _see(connection, now)
    return len(workspaces)


def _see(connection: Connection, now: datetime) -> None:
    for statement in SEEN:
        connection.exec_driver_sql(statement, {"now": now, "latest": now + MAX_AHEAD})
