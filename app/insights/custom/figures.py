"""The custom metrics of a tick: computed beside the built-in ones, and never at their expense.

However many there are, two queries run at a time, and a tick waits a second for them: what is not known by then
keeps its last value and says how old that is. A metric rests for a hundred times as long as its query took, so
that none takes more than a hundredth of the database's time: what takes 50 ms is computed every 5 seconds, what
takes a second every 100.
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
from app.insights.custom import store, value
from app.insights.custom.store import Key, Stored
from app.insights.custom.value import TookTooLong, Value
from app.insights.tick.log_positions import SAME_SNAPSHOT
from app.postgres.reason import reason_of
from app.postgres.trouble_log import report_database_away

log = logging.getLogger(__name__)

AT_ONCE = 2  # queries
BUDGET = 1.0  # seconds that a tick waits
REST = 100.0  # times as long as the query took
EARLY = 0.5  # seconds: ticks do not come to the millisecond


class Own(NamedTuple):
    """A workspace's custom figures by name, and the age in seconds of those that are older (None: never known)."""

    values: dict[str, Value]
    stale: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Known:
    """What a metric came to at a moment, and until when (monotonic) it rests."""

    value: Value
    at: datetime
    rests_until: float


@dataclass(slots=True)
class CustomFigures:
    """One worker's memory of custom figures. `limit` is the seconds for one query."""

    engine: Engine
    limit: float = value.LONGEST
    budget: float = BUDGET
    rest: float = REST
    _known: dict[Key, Known] = field(default_factory=dict)
    _running: set[UUID] = field(default_factory=set)
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    def compute(self, snapshot: str, workspaces: Collection[UUID], now: datetime) -> dict[UUID, Own]:
        """The figures at `now`, on an exported snapshot; a workspace without custom metrics is left out."""
        deadline = monotonic() + self.budget
        try:
            with self.engine.connect() as connection:
                metrics = store.stored(connection, workspaces)
        except DATABASE_AWAY as error:
            report_database_away(error)
            return {}
        due = [metric for metric in metrics if self._is_due(metric, now)]
        queue = iter(sorted(due, key=self._rested_until))
        runners = [gevent.spawn(self._run, queue, snapshot, now, deadline) for _ in due[:AT_ONCE]]
        gevent.joinall(runners, timeout=self.budget)
        return self._told(metrics, now)

    def _run(self, queue: Iterator[Stored], snapshot: str, now: datetime, deadline: float) -> None:
        for metric in queue:
            with self._turns:
                if monotonic() > deadline:
                    return  # it stays due; the next tick begins with it
                self._attempt(metric, snapshot, now)

    def _attempt(self, metric: Stored, snapshot: str, now: datetime) -> None:
        self._running.add(metric.id)
        began = monotonic()
        try:
            found = self._read(metric, snapshot, now)
        except TookTooLong:
            self._note_overrun(metric, now)
        except SQLAlchemyError as error:
            log.warning("a custom metric could not be computed: %s", reason_of(error))
        else:
            self._keep(metric, found, now, monotonic() - began)
        finally:
            self._running.discard(metric.id)

    def _read(self, metric: Stored, snapshot: str, now: datetime) -> Value:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(SAME_SNAPSHOT, (snapshot, max(1, round(self.limit * 1000))))
            value.without_compiling(connection)
            return value.read(connection, metric.definition, metric.workspace_id, metric.timezone, now)

    def _keep(self, metric: Stored, found: Value, now: datetime, took: float) -> None:
        self._known[metric.key] = Known(found, now, monotonic() + self.rest * took - EARLY)
        if metric.overruns:
            with self.engine.begin() as connection:
                store.forget_overruns(connection, metric)

    def _note_overrun(self, metric: Stored, now: datetime) -> None:
        with self.engine.begin() as connection:
            paused = store.note_overrun(connection, metric, self.limit, now)
        if paused:
            log.warning("a custom metric is paused: %s of workspace %s", metric.name, metric.workspace_id)

    def _is_due(self, metric: Stored, now: datetime) -> bool:
        if metric.is_paused or metric.id in self._running:
            return False
        return self._current(metric, now) is None or monotonic() >= self._rested_until(metric)

    def _rested_until(self, metric: Stored) -> float:
        known = self._known.get(metric.key)
        return known.rests_until if known else 0.0

    def _current(self, metric: Stored, now: datetime) -> Known | None:
        """What is known of it; yesterday's figure says nothing about today."""
        known = self._known.get(metric.key)
        window, zone = metric.definition.window, metric.timezone
        if known and window == TODAY and window.start(known.at, zone) != window.start(now, zone):
            return None
        return known

    def _told(self, metrics: Collection[Stored], now: datetime) -> dict[UUID, Own]:
        self._forget(metrics)
        own: dict[UUID, Own] = {}
        for metric in metrics:
            values, stale = own.setdefault(metric.workspace_id, Own({}, {}))
            known = None if metric.is_paused else self._current(metric, now)
            values[metric.name] = known and known.value
            if not metric.is_paused and (known is None or known.at != now):
                age = known and round((now - known.at).total_seconds(), 3)
                stale[f"{PREFIX}{metric.name}"] = age
        return own

    def _forget(self, metrics: Collection[Stored]) -> None:
        """What has been removed or changed, of these workspaces."""
        keys, workspaces = {metric.key for metric in metrics}, {metric.workspace_id for metric in metrics}
        gone = [key for key in self._known if key.workspace_id in workspaces and key not in keys]
        for key in gone:
            del self._known[key]
