"""Backfill: counts new and changed custom metrics backwards over the events that are kept, newest first.

It works in small slices, so that it is in no tick's way. Each is one transaction that writes a stretch of history
and how far the metric has been counted: after a kill, on any worker, it goes on with the same slice. One slice
runs at a time in the cluster, under an advisory lock, and pauses keep it to a part of one connection's time.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from psycopg2.errors import LockNotAvailable
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.domain.backfill import next_slice, oldest_moment
from app.domain.custom_metric import PREFIX, MetricDefinition
from app.domain.resolution import HOUR, MINUTE, HistoryRetention, floor
from app.insights.custom.evaluation import QueryTimedOut, set_query_timeout, timeouts_by_name
from app.insights.custom.past_values import values_at
from app.insights.history import metric_figures
from app.insights.history.metric_figures import MetricInHistory
from app.postgres import clocks
from app.postgres.advisory_locks import AdvisoryLock, try_lock_until_commit

log = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two runs, while there is something to count
IDLE_INTERVAL = 3.0  # and while there is nothing
RUN_TIME = 0.25  # seconds: then a run ends after its slice
REST_FACTOR = 3.0  # times as long as a run took it pauses
LEASE_NAME = "custom-backfill"
SLICE_TIMEOUT = 8.0  # seconds for the query of a slice
# Seconds for a lock: then the slice is given up and comes again. Less than the server's deadlock_timeout, so that
# whoever deletes a workspace meanwhile is not the one that gives up.
LOCK_TIMEOUT = 0.5
MAX_TIMEOUTS = 3  # in a row
MAX_MOMENTS = 720  # of a slice
MAX_MOMENTS_P95 = 60  # sorted anew for each
FAILED = "Counting the events of a past window took longer than {limit:g} seconds, {times} times in a row."

NEXT = """
    SELECT m.id, m.workspace_id, m.name, m.definition, m.defined_at, m.backfill_from, m.backfill_to, w.timezone
    FROM custom_metrics AS m JOIN workspaces AS w ON w.id = m.workspace_id
    WHERE m.backfill_state = 'running' AND m.paused_at IS NULL
    ORDER BY m.backfill_to DESC NULLS FIRST LIMIT 1
"""
FIRST_EVENT = """
    SELECT seq, received_at, (SELECT min(occurred_at) FROM events WHERE workspace_id = e.workspace_id) AS earliest
    FROM events AS e WHERE workspace_id = %s ORDER BY seq LIMIT 1
"""
# No row if the metric was changed or deleted meanwhile: then the slice is rolled back.
ADVANCE = """
    UPDATE custom_metrics SET backfill_from = %(oldest)s, backfill_to = %(counted_to)s, backfill_state = %(state)s
    WHERE id = %(id)s AND defined_at = %(defined_at)s AND backfill_state = 'running'
"""
FAIL = """
    UPDATE custom_metrics SET backfill_state = 'failed', backfill_error = %(error)s
    WHERE id = %(id)s AND defined_at = %(defined_at)s AND backfill_state = 'running'
"""


@dataclass(frozen=True, slots=True)
class CountedMetric:
    """A metric that is being counted backwards: from `defined_at` down to `oldest`, `counted_to` so far."""

    id: UUID
    workspace: UUID
    timezone: str
    name: str
    definition: MetricDefinition
    defined_at: datetime
    oldest: datetime | None
    counted_to: datetime | None

    @property
    def in_history(self) -> MetricInHistory:
        """Where its figures are."""
        return MetricInHistory(self.workspace, f"{PREFIX}{self.name}")


@dataclass(slots=True)
class BackfillJob:
    """One worker's runs of the job; `tick` is the sample interval of history."""

    engine: Engine
    retention: HistoryRetention
    tick: timedelta
    slice_timeout: float = SLICE_TIMEOUT
    lock_timeout: float = LOCK_TIMEOUT
    _timeouts: Counter[tuple[UUID, datetime]] = field(default_factory=Counter)
    _wait: float = IDLE_INTERVAL

    def seconds_until_next(self) -> float:
        """Seconds until the next run: it rests longer than it works."""
        return self._wait

    def run(self) -> None:
        """Count slices for a quarter of a second, one at least."""
        began = monotonic()
        worked = self.run_slice()
        while worked and monotonic() - began < RUN_TIME:
            worked = self.run_slice()
        self._wait = max(INTERVAL, REST_FACTOR * (monotonic() - began)) if worked else IDLE_INTERVAL

    def run_slice(self, now: datetime | None = None) -> bool:
        """Count one slice; False if there is none, or another process holds a lock.

        `now` is the database's clock by default.
        """
        try:
            return self._run_slice(now)
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                return False
            raise

    def _run_slice(self, now: datetime | None) -> bool:
        with self.engine.connect() as connection:
            if not try_lock_until_commit(connection, AdvisoryLock.BACKFILL):
                return False
            metric = _next_metric(connection)
            if metric is None:
                return False
            try:
                with timeouts_by_name():
                    counted = self._count(connection, metric, now or clocks.database_now(connection))
            except QueryTimedOut:
                connection.rollback()
                self._record_timeout(connection, metric)
                counted = True
            if counted:
                connection.commit()
        return counted

    def _count(self, connection: Connection, metric: CountedMetric, now: datetime) -> bool:
        set_query_timeout(connection, self.slice_timeout)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(self.lock_timeout * 1000)}")
        if metric.oldest is None or metric.counted_to is None:
            return self._begin(connection, metric)
        most = MAX_MOMENTS_P95 if metric.definition.aggregate == "p95" else MAX_MOMENTS
        part = next_slice(metric.counted_to, metric.oldest, now, self.retention, self.tick, most)
        if part is None:
            return _advance(connection, metric, metric.oldest, metric.counted_to, "done")
        values = values_at(connection, metric.definition, metric.workspace, metric.timezone, part.moments)
        # Hours that are counted themselves are none that the roll-ups touch.
        if part.source != HOUR and not try_lock_until_commit(connection, AdvisoryLock.ROLL_UPS):
            return False
        known = (
            (start, value) for start, value in zip(part.starts, values, strict=True) if value is not None
        )
        metric_figures.write(connection, metric.in_history, part.source, known)
        self._timeouts.pop((metric.id, metric.defined_at), None)
        return _advance(connection, metric, metric.oldest, part.start, "running")

    def _begin(self, connection: Connection, metric: CountedMetric) -> bool:
        """Remove from history what is of an earlier definition; then see how far back events are kept."""
        if not try_lock_until_commit(connection, AdvisoryLock.ROLL_UPS):
            return False
        if metric_figures.remove(connection, metric.in_history, metric.defined_at):
            return True
        newest = floor(metric.defined_at, self.tick)
        oldest = oldest_known(connection, metric.definition, metric.workspace, metric.timezone) or newest
        return _advance(connection, metric, min(oldest, newest), newest, "running")

    def _record_timeout(self, connection: Connection, metric: CountedMetric) -> None:
        key = metric.id, metric.defined_at
        self._timeouts[key] += 1
        if self._timeouts[key] < MAX_TIMEOUTS:
            return
        error = FAILED.format(limit=self.slice_timeout, times=self._timeouts.pop(key))
        connection.exec_driver_sql(FAIL, {"id": metric.id, "defined_at": metric.defined_at, "error": error})
        log.warning("a custom metric has no past: %s of workspace %s", metric.name, metric.workspace)


def oldest_known(
    connection: Connection, definition: MetricDefinition, workspace: UUID, timezone: str
) -> datetime | None:
    """The earliest moment at which all events of the metric's window are kept; None without any events."""
    first = connection.exec_driver_sql(FIRST_EVENT, (workspace,)).one_or_none()
    if first is None:
        return None
    if first.seq == 1:  # nothing was dropped: nothing happened before
        return floor(first.earliest, MINUTE)
    return oldest_moment(definition, timezone, first.received_at)


def _next_metric(connection: Connection) -> CountedMetric | None:
    row = connection.exec_driver_sql(NEXT).one_or_none()
    if row is None:
        return None
    return CountedMetric(
        row.id,
        row.workspace_id,
        row.timezone,
        row.name,
        MetricDefinition.from_json(row.definition),
        row.defined_at,
        row.backfill_from,
        row.backfill_to,
    )


def _advance(
    connection: Connection, metric: CountedMetric, oldest: datetime, counted_to: datetime, state: str
) -> bool:
    """Store how far the metric has been counted; False if it was changed or deleted meanwhile."""
    parameters = {
        "id": metric.id,
        "defined_at": metric.defined_at,
        "oldest": oldest,
        "counted_to": counted_to,
        "state": state,
    }
    return connection.exec_driver_sql(ADVANCE, parameters).rowcount == 1
