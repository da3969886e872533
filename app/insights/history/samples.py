"""Samples: the figures of every tick, as history keeps them for the first while."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from app.domain.resolution import sample_time
from app.domain.stats import Stats

# Nobody waits for a sample to be on disk: a crash of the server may lose half a second of them.
RELAXED = "SET LOCAL synchronous_commit = off"
# Two ticks of one turn (a leader was late, or Redis is away) are one sample: what was stale in one may not be in
# the other.
KEEP = """
    INSERT INTO samples AS s (workspace_id, at, figures)
    SELECT workspace_id, %(at)s, figures::jsonb
    FROM unnest(%(ids)s::uuid[], %(figures)s::text[]) AS new (workspace_id, figures)
    JOIN workspaces ON id = workspace_id
    ON CONFLICT (workspace_id, at) DO UPDATE SET figures = s.figures || excluded.figures
"""


def write_samples(engine: Engine, found: Mapping[UUID, Stats], now: datetime, interval: float) -> None:
    """Keep a tick's figures, in one statement for all workspaces."""
    rows = {workspace: json.dumps(stats.figures()) for workspace, stats in sorted(found.items())}
    parameters = {"at": sample_time(now, interval), "ids": list(rows), "figures": list(rows.values())}
    with engine.begin() as connection:
        connection.exec_driver_sql(RELAXED)
        connection.exec_driver_sql(KEEP, parameters)
