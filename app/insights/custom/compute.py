"""The custom metrics of a tick, computed next to the built-in ones within a budget of time and database load.

Two queries run at a time, however many metrics there are, and a tick waits at most a second for them: a metric
that is late keeps its cached value, with its age. A value is cached for a hundred times as long as its query took,
so that no metric takes more than 1 % of the database's time: one that takes 50 ms is computed every 5 seconds, one
that takes a second every 100.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import NamedTuple
from uuid import UUID

import gevent
from gevent.lock import BoundedSemaphore
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.domain.custom_metric import PREFIX
from app.domain.windows import TODAY
from app.errors import DATABASE_AWAY
from app.insights.custom import store
from app.insights.custom.evaluation import (
    QUERY_TIMEOUT,
    MetricValue,
    QueryTimedOut,
    disable_jit,
    evaluate,
)
from app.insights.custom.store import MetricKey, StoredMetric
from app.insights.tick.log_positions import IMPORT_SNAPSHOT
from app.postgres.database_away import reason_of, report_database_away

log = logging.getLogger(__name__)

MAX_CONCURRENT = 2  # queries
TICK_TIMEOUT = 1.0  # seconds that a tick waits
CACHE_FACTOR = 100.0  # times as long as the query took
TICK_JITTER = 0.5  # seconds: ticks do not start to the millisecond


class CustomValues(NamedTuple):
    """A workspace's custom figures by name, and the age in seconds of cached ones (None: never computed)."""

    values: dict[str, MetricValue]
    stale: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class CachedValue:
    """A metric's value at a moment, and the monotonic time until which it is cached."""

    value: MetricValue
    at: datetime
    cached_until: float


@dataclass(slots=True)
class CustomFigures:
    """One worker's cache of custom figures; the time-outs are seconds."""

    engine: Engine
    query_timeout: float = QUERY_TIMEOUT
    tick_timeout: float = TICK_TIMEOUT
    cache_factor: float = CACHE_FACTOR
    _cache: dict[MetricKey, CachedValue] = field(default_factory=dict)
    _running: set[UUID] = field(default_factory=set)
    _slots: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MAX_CONCURRENT))

    def compute(self, snapshot: str, workspaces: Collection[UUID], now: datetime) -> dict[UUID, CustomValues]:
        """The figures at `now` on an exported snapshot; workspaces without custom metrics are omitted."""
        deadline = monotonic() + self.tick_timeout
        try:
            with self.engine.connect() as connection:
                metrics = store.load_metrics(connection, workspaces)
        except DATABASE_AWAY as error:
            report_database_away(error)
            return {}
        due = [metric for metric in metrics if self._is_due(metric, now)]
        queue = iter(sorted(due, key=self._cached_until))
        runners = [gevent.spawn(self._run, queue, snapshot, now, deadline) for _ in due[:MAX_CONCURRENT]]
        gevent.joinall(runners, timeout=self.tick_timeout)
        return self._collect(metrics, now)

    def _run(self, queue: Iterator[StoredMetric], snapshot: str, now: datetime, deadline: float) -> None:
        for metric in queue:
            with self._slots:
                if monotonic() > deadline:
                    return  # it stays due, and is the first of the next tick
                self._attempt(metric, snapshot, now)

    def _attempt(self, metric: StoredMetric, snapshot: str, now: datetime) -> None:
        self._running.add(metric.id)
        began = monotonic()
        try:
            found = self._evaluate(metric, snapshot, now)
        except QueryTimedOut:
            self._record_timeout(metric, now)
        except SQLAlchemyError as error:
            log.warning("a custom metric could not be computed: %s", reason_of(error))
        else:
            self._store(metric, found, now, monotonic() - began)
        finally:
            self._running.discard(metric.id)

    def _evaluate(self, metric: StoredMetric, snapshot: str, now: datetime) -> MetricValue:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(IMPORT_SNAPSHOT, (snapshot, max(1, round(self.query_timeout * 1000))))
            disable_jit(connection)
            return evaluate(connection, metric.definition, metric.workspace_id, metric.timezone, now)

    def _store(self, metric: StoredMetric, found: MetricValue, now: datetime, took: float) -> None:
        cached_until = monotonic() + self.cache_factor * took - TICK_JITTER
        self._cache[metric.key] = CachedValue(found, now, cached_until)
        if metric.overruns:
            with self.engine.begin() as connection:
                store.reset_timeouts(connection, metric)

    def _record_timeout(self, metric: StoredMetric, now: datetime) -> None:
        with self.engine.begin() as connection:
            paused = store.record_timeout(connection, metric, self.query_timeout, now)
        if paused:
            log.warning("a custom metric is paused: %s of workspace %s", metric.name, metric.workspace_id)

    def _is_due(self, metric: StoredMetric, now: datetime) -> bool:
        if metric.is_paused or metric.id in self._running:
            return False
        return self._current(metric, now) is None or monotonic() >= self._cached_until(metric)

    def _cached_until(self, metric: StoredMetric) -> float:
        cached = self._cache.get(metric.key)
        return cached.cached_until if cached else 0.0

    def _current(self, metric: StoredMetric, now: datetime) -> CachedValue | None:
        """The cached value, unless it is yesterday's of a metric of today."""
        cached = self._cache.get(metric.key)
        window, zone = metric.definition.window, metric.timezone
        if cached and window == TODAY and window.start(cached.at, zone) != window.start(now, zone):
            return None
        return cached

    def _collect(self, metrics: Collection[StoredMetric], now: datetime) -> dict[UUID, CustomValues]:
        self._evict(metrics)
        found: dict[UUID, CustomValues] = {}
        for metric in metrics:
            values, stale = found.setdefault(metric.workspace_id, CustomValues({}, {}))
            cached = None if metric.is_paused else self._current(metric, now)
            values[metric.name] = cached.value if cached else None
            if not metric.is_paused and (cached is None or cached.at != now):
                age = round((now - cached.at).total_seconds(), 3) if cached else None
                stale[f"{PREFIX}{metric.name}"] = age
        return found

    def _evict(self, metrics: Collection[StoredMetric]) -> None:
        """Drop cached values of metrics of these workspaces that were removed or changed."""
        keys, workspaces = {metric.key for metric in metrics}, {metric.workspace_id for metric in metrics}
        gone = [key for key in self._cache if key.workspace_id in workspaces and key not in keys]
        for key in gone:
            del self._cache[key]
