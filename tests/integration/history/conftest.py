"""A workspace whose samples are written by hand, and rolled up when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import Connection, Engine

from app.domain.ids import Cursor
from app.domain.resolution import HistoryRetention
from app.domain.stats import Stats
from app.insights.custom import backfill
from app.insights.history import rollup_job, samples
from app.redis.leases import LEASE

KEPT = HistoryRetention(timedelta(hours=1), timedelta(hours=48), timedelta(days=400))


class Past:
    """What happened in one workspace, tick by tick."""

    def __init__(self, engine: Engine, workspace: UUID):
        self.engine = engine
        self.workspace = workspace

    def tick(self, at: datetime, figures: Mapping[str, object], interval: float = 5) -> None:
        """Keep the figures of a tick, as the collector does."""
        samples.write_samples(
            self.engine, {self.workspace: Stats(dict(figures), Cursor("a1b2c3d4", 0))}, at, interval
        )

    def commit(self, work: Callable[..., object], *args: object) -> None:
        """Do something that works on a connection which commits by itself."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection: Connection
            work(connection, *args)


@pytest.fixture
def past(engine: Engine, sql, redis_url: str) -> Iterator[Past]:
    leases = [f"pulse:{LEASE}{name}" for name in (rollup_job.LEASE_NAME, backfill.LEASE_NAME)]
    workspace = uuid4()
    sql("INSERT INTO workspaces (id, slug, name) VALUES (:id, 'past', 'Past')", id=workspace)
    with Redis.from_url(redis_url) as redis:  # the app's own jobs would prune or count what lies so far back
        redis.mset(dict.fromkeys(leases, "another worker"))
        yield Past(engine, workspace)
        redis.delete(leases[1])
