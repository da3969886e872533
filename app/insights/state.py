"""One worker's insights: figures computed on each tick and on demand, their history and their baselines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine

from app.domain.comparison import Baseline
from app.domain.resolution import HistoryRetention
from app.domain.stats import Stats
from app.insights.custom.backfill import BackfillJob
from app.insights.custom.compute import CustomFigures
from app.insights.history import samples
from app.insights.history.baselines import Baselines
from app.insights.history.rollup_job import RollupJob
from app.insights.presence.reader import PresenceCache
from app.insights.tick import compute
from app.insights.tick.active_workspaces import active_workspaces
from app.insights.tick.collector import LEASE_TICKS, Collector
from app.insights.tick.on_demand import StatsOnDemand
from app.redis.counters import Counters
from app.redis.leases import Leases
from app.redis.link import RedisLink
from app.settings.config import Settings

MIN_SAMPLE_INTERVAL = 5  # seconds


def history_retention(settings: Settings) -> HistoryRetention:
    """For how long history is kept, by the settings."""
    return HistoryRetention(
        ticks=timedelta(hours=settings.tick_retention_hours),
        minutes=timedelta(hours=settings.minute_retention_hours),
        hours=timedelta(days=settings.hour_retention_days),
    )


class StatsStreams(Protocol):
    """This worker's streams: which workspaces need figures, and where the figures are delivered."""

    def watched(self) -> Mapping[UUID, float]:
        """The workspaces with streams, and the age in seconds of their figures."""

    def latest(self, workspace: UUID, within: float = ...) -> Stats | None:
        """The figures delivered last, if that was at most `within` seconds ago."""

    def comparing(self) -> list[UUID]:
        """The workspaces with streams that compare figures with earlier ones."""

    def compare_with(self, workspace: UUID, baseline: Baseline) -> None:
        """Set the baseline of the ticks to come."""

    def store(self, workspace: UUID, stats: Stats) -> None:
        """Store figures for later requests, without delivering them."""

    def deliver(self, found: Mapping[UUID, Stats]) -> None:
        """Deliver figures to all streams, on this worker and the others."""


class Insights:
    """The collector, the roll-up job and the caches of one worker; `stats` is the entry point of other rooms."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        link: RedisLink,
        worker: str,
        counters: Counters,
        streams: StatsStreams,
    ):
        self._engine = engine
        self._counters = counters
        self._streams = streams
        self._interval = settings.stats_update_interval
        self._timeout = settings.metric_timeout
        self._ticked: Mapping[UUID, Stats] = {}
        self._custom = CustomFigures(engine)
        self._on_demand = StatsOnDemand(self._compute, streams.store)
        self.collector = Collector(
            Leases(link, worker, LEASE_TICKS * self._interval),
            self._interval,
            self._compute,
            streams.watched,
            lambda now: active_workspaces(engine, now),
            streams.deliver,
            self._record,
        )

        self.presence = PresenceCache(engine)
        self.retention = history_retention(settings)
        self._baselines = Baselines(engine)
        self.rollup_job = RollupJob(engine, self.retention)
        self.backfill_job = BackfillJob(engine, self.retention, self.sample_interval)

    @property
    def sample_interval(self) -> timedelta:
        """The finest step of history: the tick interval, but at least 5 seconds."""
        return timedelta(seconds=max(MIN_SAMPLE_INTERVAL, ceil(self._interval)))

    def stats(self, workspace: UUID, *, compare: bool = False) -> Stats:
        """A workspace's latest figures: of the last tick while it has streams, else computed now.

        With `compare`, their baseline too. Raises NotFound if the workspace does not exist.
        """
        stats = self._streams.latest(workspace, within=self._interval) or self._on_demand.get(workspace)
        return replace(stats, baseline=self._baseline(workspace)) if compare else stats

    def _baseline(self, workspace: UUID) -> Baseline:
        baseline = self._baselines.get([workspace], datetime.now(UTC)).get(workspace, {})
        self._streams.compare_with(workspace, baseline)
        return baseline

    def refresh_baselines(self) -> None:
        """Set this minute's baselines for the workspaces whose streams compare."""
        for workspace, baseline in self._baselines.get(self._streams.comparing(), datetime.now(UTC)).items():
            self._streams.compare_with(workspace, baseline)

    def _compute(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Stats]:
        return compute.compute(
            self._engine,
            workspaces,
            now,
            self._counters,
            timeout=self._timeout,
            previous=self._previous,
            custom=self._custom,
        )

    def _previous(self, workspace: UUID) -> Stats | None:
        return self._streams.latest(workspace) or self._ticked.get(workspace)

    def _record(self, found: Mapping[UUID, Stats], now: datetime) -> None:
        self._ticked = found
        samples.write_samples(self._engine, found, now, self._interval)
