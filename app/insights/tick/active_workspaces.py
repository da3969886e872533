"""Active workspaces: those with recent events, whose history is recorded even while no stream is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

LOOKBACK = timedelta(hours=24)  # a night without events leaves no gap in a chart
# Reads one row per workspace, whatever the length of its log.
ACTIVE = "SELECT workspace_id FROM event_heads WHERE last_received_at > %s"


def active_workspaces(engine: Engine, now: datetime) -> list[UUID]:
    """The workspaces that have received an event within a day of `now`."""
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(ACTIVE, (now - LOOKBACK,)).scalars())
