"""Computes the figures of many workspaces at once: one query a metric, in parallel, all on one snapshot."""

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
from app.insights.metrics.registry import METRICS, query_metric
from app.insights.tick.day_counts import DayCounts
from app.insights.tick.log_positions import IMPORT_SNAPSHOT, parameters_at, read_log_positions
from app.redis.counters import Counters

MetricQuery = Callable[[Connection], dict[UUID, Any]]  # a metric by workspace
Previous = Callable[[UUID], Stats | None]

MAX_CONCURRENT_QUERIES = 5  # queries, each with a connection of its own
METRIC_TIMEOUT = 2.0  # seconds for the query of a metric


def compute(
    engine: Engine,
    workspaces: Iterable[UUID],
    now: datetime,
    counters: Counters | None = None,
    *,
    limit: float = METRIC_TIMEOUT,
    previous: Previous = lambda _workspace: None,
    custom: CustomFigures | None = None,
) -> dict[UUID, Stats]:
    """The figures of each workspace at `now`; they count exactly the events up to their cursor.

    Queries do not grow with workspaces. Each runs in a connection of its own, some at once, and all see the
    snapshot of the first, or two figures of one tick could contradict each other. A metric whose query takes
    longer than `limit` seconds is stale: it keeps its `previous` value, and says how old that is.
    """
    with engine.connect() as connection:
        places = read_log_positions(connection, workspaces, now)
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        asked = parameters_at(places, now)
        reads: dict[str, MetricQuery] = {
            name: partial(query_metric, parameters=asked, metric=metric) for name, metric in METRICS.items()
        }
        today = DayCounts(counters, places, now) if counters else None
        if today:
            reads |= {"eventCounts": today.event_counts, "messagesToday": today.messages}
        beside = custom and gevent.spawn(custom.compute, snapshot, asked["ids"], now)
        answers = _in_parallel({name: _query(engine, snapshot, limit, read) for name, read in reads.items()})
        own = {} if beside is None else beside.get()  # before the snapshot ends
    if today:
        today.write_back()
    return {
        place.workspace_id: Stats(
            _payload(answers, place.workspace_id, now, previous, own), Cursor(place.epoch, place.seq)
        )
        for place in places
    }


def _query(engine: Engine, snapshot: str, limit: float, read: MetricQuery) -> Callable[[], dict[UUID, Any]]:
    def run() -> dict[UUID, Any]:
        with engine.connect() as connection:
            connection.exec_driver_sql(IMPORT_SNAPSHOT, (snapshot, max(1, round(limit * 1000))))
            return read(connection)

    return run


def _in_parallel(tasks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """The tasks' answers; None for one that the database stopped because it took too long."""
    outcomes = Pool(MAX_CONCURRENT_QUERIES).map(_attempt, tasks.values())
    for _, error in outcomes:
        if error:
            raise error
    return {name: answer for name, (answer, _) in zip(tasks, outcomes, strict=True)}


def _attempt(task: Callable[[], Any]) -> tuple[Any, Exception | None]:
    # An error that leaves a greenlet is printed with a traceback; this one has somebody who waits for it.
    try:
        return task(), None
    except OperationalError as error:
        return None, None if isinstance(error.orig, QueryCanceled) else error
    except Exception as error:
        return None, error


def _payload(
    answers: Mapping[str, Mapping[UUID, Any] | None],
    workspace: UUID,
    now: datetime,
    previous: Previous,
    own: Mapping[UUID, CustomValues],
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    stale: dict[str, float | None] = {}
    for name, metric in METRICS.items():
        answer = answers[name]
        if answer is None:
            before = previous(workspace)
            figures[name], stale[name] = before.held(name, now) if before else NEVER_KNOWN
        elif metric.by_key:
            figures[name] = most_frequent(answer.get(workspace, {}))
        else:
            figures[name] = answer.get(workspace, 0)
    if workspace in own:
        figures[CUSTOM] = own[workspace].values
        stale |= own[workspace].stale
    return {**figures, **({STALE: stale} if stale else {}), "timestamp": iso(now)}
