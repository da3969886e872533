"""Samples: the figures of every tick, the finest resolution of history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from app.domain.resolution import sample_time
from app.domain.stats import Stats

# A sample need not be on disk when the tick ends: a crash of PostgreSQL loses half a second of them at most.
ASYNC_COMMIT = "SET LOCAL synchronous_commit = off"
# Two ticks of one interval (a late leader, or Redis is away) merge into one sample: a metric that was stale in one
# of them may not be in the other.
UPSERT = """
    INSERT INTO samples AS s (workspace_id, at, figures)
    SELECT workspace_id, %(at)s, figures::jsonb
    FROM unnest(%(ids)s::uuid[], %(figures)s::text[]) AS new (workspace_id, figures)
    JOIN workspaces ON id = workspace_id
    ON CONFLICT (workspace_id, at) DO UPDATE SET figures = s.figures || excluded.figures
"""


def write_samples(engine: Engine, found: Mapping[UUID, Stats], now: datetime, interval: float) -> None:
    """Write one tick's figures, of all workspaces in one statement; `interval` is the tick interval in seconds."""
    rows = {workspace: json.dumps(stats.figures()) for workspace, stats in sorted(found.items())}
    parameters = {"at": sample_time(now, interval), "ids": list(rows), "figures": list(rows.values())}
    with engine.begin() as connection:
        connection.exec_driver_sql(ASYNC_COMMIT)
        connection.exec_driver_sql(UPSERT, parameters)
