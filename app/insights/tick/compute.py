"""Computes the figures of many workspaces at once: one query per metric, in parallel, all on one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import gevent
from gevent.pool import Pool
from psycopg2.errors import QueryCanceled
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.domain.ids import Cursor
from app.domain.instants import iso
from app.domain.stats import CUSTOM, NEVER_KNOWN, STALE, Stats, most_frequent
from app.insights.custom.compute import CustomFigures, CustomValues
from app.insights.metrics.registry import METRICS, SqlParameters, query_metric
from app.insights.tick.day_counts import DayCounts
from app.insights.tick.log_positions import IMPORT_SNAPSHOT, parameters_at, read_log_positions
from app.redis.counters import Counters

MetricQuery = Callable[[Connection], dict[UUID, Any]]  # returns a metric's value by workspace
Previous = Callable[[UUID], Stats | None]

MAX_CONCURRENT_QUERIES = 5  # each has its own connection
METRIC_TIMEOUT = 2.0  # seconds, for the query of one metric


def compute(
    engine: Engine,
    workspaces: Iterable[UUID],
    now: datetime,
    counters: Counters | None = None,
    *,
    timeout: float = METRIC_TIMEOUT,
    previous: Previous = lambda _workspace: None,
    custom: CustomFigures | None = None,
) -> dict[UUID, Stats]:
    """The figures of each workspace at `now`; they count exactly the events up to their cursor.

    The number of queries does not grow with the number of workspaces. Each query runs in its own connection, and
    all of them import the snapshot of the first, so that two figures of one tick cannot contradict each other.
    A metric whose query takes longer than `timeout` seconds is stale: its `previous` value is kept, with its age.
    """
    with engine.connect() as connection:
        positions = read_log_positions(connection, workspaces, now)
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        parameters = parameters_at(positions, now)
        day_counts = DayCounts(counters, positions, now) if counters else None
        queries = _queries(parameters, day_counts)
        custom_run = gevent.spawn(custom.compute, snapshot, parameters["ids"], now) if custom else None
        found = _in_parallel(
            {name: _task(engine, snapshot, timeout, query) for name, query in queries.items()}
        )
        # Before the snapshot's transaction ends. A greenlet that has finished is falsy.
        custom_values = {} if custom_run is None else custom_run.get()
    if day_counts:
        day_counts.write_back()
    return {
        position.workspace_id: Stats(
            _payload(found, position.workspace_id, now, previous, custom_values),
            Cursor(position.epoch, position.seq),
        )
        for position in positions
    }


def _queries(parameters: SqlParameters, day_counts: DayCounts | None) -> dict[str, MetricQuery]:
    queries: dict[str, MetricQuery] = {
        name: partial(query_metric, parameters=parameters, metric=metric) for name, metric in METRICS.items()
    }
    if day_counts:
        queries |= {"eventCounts": day_counts.event_counts, "messagesToday": day_counts.messages}
    return queries


def _task(engine: Engine, snapshot: str, timeout: float, query: MetricQuery) -> Callable[[], dict[UUID, Any]]:
    def run() -> dict[UUID, Any]:
        with engine.connect() as connection:
            connection.exec_driver_sql(IMPORT_SNAPSHOT, (snapshot, max(1, round(timeout * 1000))))
            return query(connection)

    return run


def _in_parallel(tasks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """The tasks' results; None for one that the database cancelled because it took too long."""
    outcomes = Pool(MAX_CONCURRENT_QUERIES).map(_attempt, tasks.values())
    for _, error in outcomes:
        if error:
            raise error
    return {name: result for name, (result, _) in zip(tasks, outcomes, strict=True)}


def _attempt(task: Callable[[], Any]) -> tuple[Any, Exception | None]:
    # Returned, not raised: gevent prints a traceback for each exception that leaves a greenlet.
    try:
        return task(), None
    except OperationalError as error:
        return None, None if isinstance(error.orig, QueryCanceled) else error
    except Exception as error:
        return None, error


def _payload(
    found: Mapping[str, Mapping[UUID, Any] | None],
    workspace: UUID,
    now: datetime,
    previous: Previous,
    custom_values: Mapping[UUID, CustomValues],
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    stale: dict[str, float | None] = {}
    for name, metric in METRICS.items():
        by_workspace = found[name]
        if by_workspace is None:
            before = previous(workspace)
            figures[name], stale[name] = before.last_known(name, now) if before else NEVER_KNOWN
        elif metric.by_key:
            figures[name] = most_frequent(by_workspace.get(workspace, {}))
        else:
            figures[name] = by_workspace.get(workspace, 0)
    if workspace in custom_values:
        figures[CUSTOM] = custom_values[workspace].values
        stale |= custom_values[workspace].stale
    return {**figures, **({STALE: stale} if stale else {}), "timestamp": iso(now)}
