"""Which workspaces are lively: those whose history is written even while nobody watches."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

LOOKBACK = timedelta(hours=24)  # a night without events leaves no hole in a chart
# A row a workspace: as many as there are workspaces, however long their logs.
ACTIVE = "SELECT workspace_id FROM event_heads WHERE last_received_at > %s"


def active_workspaces(engine: Engine, now: datetime) -> list[UUID]:
    """The workspaces that have received an event within a day of `now`."""
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(ACTIVE, (now - LOOKBACK,)).scalars())
