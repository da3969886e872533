"""What a worker knows of figures: it computes them, on each tick and on demand, and keeps their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Protocol
from uuid import UUID

import gevent
from sqlalchemy import Engine

from app.background.periodic import every, keep_running
from app.domain.comparison import Baseline
from app.domain.resolution import HistoryRetention
from app.domain.stats import Stats
from app.insights.custom.compute import CustomFigures
from app.insights.history import samples
from app.insights.history.baselines import Baselines
from app.insights.history.rollup_job import LEASE_SECONDS, RollupJob
from app.insights.presence.reader import PresenceCache
from app.insights.tick import compute
from app.insights.tick.active_workspaces import active_workspaces
from app.insights.tick.collector import LEASE_TICKS, Collector
from app.insights.tick.on_demand import StatsOnDemand
from app.redis.counters import Counters
from app.redis.leases import Leases
from app.redis.link import RedisLink
from app.settings.config import Settings

FINEST = 5  # seconds


def history_retention(settings: Settings) -> HistoryRetention:
    """For how long history is kept."""
    return HistoryRetention(
        ticks=timedelta(hours=settings.tick_retention_hours),
        minutes=timedelta(hours=settings.minute_retention_hours),
        hours=timedelta(days=settings.hour_retention_days),
    )


class StatsStreams(Protocol):
    """The streams of this worker, as far as figures are concerned."""

    def watched(self) -> Mapping[UUID, float]: ...
    def latest(self, workspace: UUID, within: float = ...) -> Stats | None: ...
    def comparing(self) -> list[UUID]: ...
    def compare_with(self, workspace: UUID, baseline: Baseline) -> None: ...
    def keep(self, workspace: UUID, stats: Stats) -> None: ...
    def share(self, found: Mapping[UUID, Stats]) -> None: ...


class Insights:
    """One worker's part; `stats` is what everybody else asks."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        link: RedisLink,
        worker: str,
        counters: Counters,
        audience: StatsStreams,
    ):
        self._engine = engine
        self._counters = counters
        self._audience = audience
        self._interval = settings.stats_update_interval
        self._limit = settings.metric_timeout
        self._ticked: Mapping[UUID, Stats] = {}
        self._custom = CustomFigures(engine)
        self._on_demand = StatsOnDemand(self._compute, audience.keep)
        self._collector = Collector(
            Leases(link, worker, LEASE_TICKS * self._interval),
            self._interval,
            self._compute,
            audience.watched,
            lambda now: active_workspaces(engine, now),
            audience.share,
            self._record,
        )

        self.presence = PresenceCache(engine)
        self.retention = history_retention(settings)
        self._baselines = Baselines(engine)
        self._rollup_job = RollupJob(engine, Leases(link, worker, LEASE_SECONDS), self.retention)

    def start(self) -> list[gevent.Greenlet]:
        """Begin to tick, and to keep history."""
        return [
            gevent.spawn(keep_running, self._collector.run, job="figures"),
            gevent.spawn(keep_running, self._rollup_job.run, job="history"),
            gevent.spawn(every, self._interval, self._compare, job="comparison"),
        ]

    @property
    def sample_interval(self) -> timedelta:
        """How finely history can tell the latest ticks apart: a turn, or 5 seconds if turns are shorter."""
        return timedelta(seconds=max(FINEST, ceil(self._interval)))

    def stats(self, workspace: UUID, *, compare: bool = False) -> Stats:
        """A workspace's latest figures: the last tick while somebody watches, else computed now.

        To `compare`, with a baseline.
        """
        stats = self._audience.latest(workspace, within=self._interval) or self._on_demand.get(workspace)
        return replace(stats, baseline=self._baseline(workspace)) if compare else stats

    def _baseline(self, workspace: UUID) -> Baseline:
        baseline = self._baselines.get([workspace], datetime.now(UTC)).get(workspace, {})
        self._audience.compare_with(workspace, baseline)
        return baseline

    def _compare(self) -> None:
        """Give the streams that compare the baselines of this minute."""
        for workspace, baseline in self._baselines.get(self._audience.comparing(), datetime.now(UTC)).items():
            self._audience.compare_with(workspace, baseline)

    def _compute(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Stats]:
        return compute.compute(
            self._engine,
            workspaces,
            now,
            self._counters,
            limit=self._limit,
            previous=self._previous,
            custom=self._custom,
        )

    def _previous(self, workspace: UUID) -> Stats | None:
        return self._audience.latest(workspace) or self._ticked.get(workspace)

    def _record(self, found: Mapping[UUID, Stats], now: datetime) -> None:
        self._ticked = found
        samples.write_samples(self._engine, found, now, self._interval)
