"""Timelines of workspaces that live in different zones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from .timeline import Timeline


@pytest.fixture
def timeline(engine: Engine, sql) -> Callable[..., Timeline]:
    """`timeline("Asia/Kolkata", date(2025, 12, 6))`: a new workspace in that zone, with nothing in its log."""

    def make(zone: str = "UTC", day: date = date(2025, 12, 6)) -> Timeline:
        [row] = sql(
            """
            WITH new AS (
                INSERT INTO workspaces (id, slug, name, timezone)
                VALUES (gen_random_uuid(), 'w' || (SELECT count(*) FROM workspaces), 'W', :zone) RETURNING id
            ) INSERT INTO event_heads (workspace_id, epoch) SELECT id, 'a1b2c3d4' FROM new RETURNING workspace_id
            """,
            zone=zone,
        )
        return Timeline(engine, row.workspace_id, zone, day)

    return make
