"""Redating: repairs logs whose last event a wrong clock has stored in the future.

Commits to such a log are refused: the next events would be stored there too, and be dropped with the wrong days.
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
# Moving an id to another partition deletes it in its old one, which a trigger refuses (migration 0014).
MAY_MOVE_IDS = "SELECT set_config('pulse.delete_event_ids', 'on', true)"
# The order of a log is that of its numbers, so all events may have the same time.
RECEIVED = (
    "UPDATE events SET received_at = %(now)s WHERE workspace_id = %(ws)s AND received_at > %(now)s",
    "UPDATE event_ids SET received_at = %(now)s WHERE workspace_id = %(ws)s AND received_at > %(now)s",
    "UPDATE event_heads SET last_received_at = %(now)s WHERE workspace_id = %(ws)s",
)
# Hours may have been summed up that were final by the wrong clock: all of them are, anew. Migration 0014 asks for
# redating before 0015 has added the column.
HAS_HOURS = """
    SELECT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = 'event_heads'::regclass AND attname = 'hours_until'
    )
"""
REOPEN_ALL_HOURS = "UPDATE event_heads SET hours_until = NULL WHERE workspace_id = %(ws)s"
SEEN = (
    "UPDATE user_presence SET last_seen = %(now)s WHERE last_seen > %(latest)s",
    "UPDATE session_presence SET last_seen = %(now)s WHERE last_seen > %(latest)s",
)


def redate(engine: Engine) -> int:
    """Set times in the future to the database's now, in all logs; returns the number of logs."""
    with engine.begin() as connection:
        now = clocks.database_now(connection)
        partitions.create(connection, now.date(), 1)
        connection.exec_driver_sql(MAY_MOVE_IDS)
        statements = list(RECEIVED)
        if connection.exec_driver_sql(HAS_HOURS).scalar_one():
            statements.append(REOPEN_ALL_HOURS)
        workspaces: list[UUID] = [workspace for (workspace,) in connection.exec_driver_sql(HEADS, (now,))]
        for workspace in workspaces:
            for statement in statements:
                connection.exec_driver_sql(statement, {"now": now, "ws": workspace})
        _redate_presence(connection, now)
    return len(workspaces)


def _redate_presence(connection: Connection, now: datetime) -> None:
    for statement in SEEN:
        connection.exec_driver_sql(statement, {"now": now, "latest": now + MAX_AHEAD})
