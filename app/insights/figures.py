"""Computes the figures of many workspaces at once: one query a metric, in parallel, all on one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import gevent
from sqlalchemy import Connection, Engine

from app.domain.ids import Cursor
from app.domain.instants import iso, local_midnight
from app.domain.stats import Stats, most_frequent
from app.insights.metrics import ASKED, METRICS, Metric

BEGIN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
PLACES = """
    SELECT w.id, w.timezone, h.epoch, h.last_seq FROM workspaces AS w
    JOIN event_heads AS h ON h.workspace_id = w.id WHERE w.id = ANY(%s::uuid[])
"""


class Place(NamedTuple):
    """Which workspace, the zone of its days, and where its log ended."""

    workspace_id: UUID
    timezone: str
    epoch: str
    seq: int


def compute(engine: Engine, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Stats]:
    """The figures of each workspace at `now`; they count exactly the events up to their cursor.

    Queries do not grow with workspaces. Every one runs in a greenlet and connection of its own, and all see the
    snapshot of the first, or two figures of one tick could contradict each other.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql(BEGIN)
        rows = connection.exec_driver_sql(PLACES, (list(workspaces),))
        places = [Place(*row) for row in rows]
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        parameters = {
            "now": now,
            "ids": [place.workspace_id for place in places],
            "midnights": [local_midnight(now, place.timezone) for place in places],
        }
        answers = _in_parallel(
            {name: _query(engine, snapshot, metric, parameters) for name, metric in METRICS.items()}
        )
    return {
        place.workspace_id: Stats(_payload(answers, place.workspace_id, now), Cursor(place.epoch, place.seq))
        for place in places
    }


def _query(
    engine: Engine, snapshot: str, metric: Metric, parameters: Mapping[str, Any]
) -> Callable[[], dict[UUID, Any]]:
    def run() -> dict[UUID, Any]:
        with engine.connect() as connection:
            connection.exec_driver_sql(BEGIN)
            connection.exec_driver_sql("SET TRANSACTION SNAPSHOT %s", (snapshot,))
            return _by_workspace(connection, metric, parameters)

    return run


def _by_workspace(connection: Connection, metric: Metric, parameters: Mapping[str, Any]) -> dict[UUID, Any]:
    rows = connection.exec_driver_sql(f"{ASKED} {metric.sql}", parameters)
    if not metric.by_key:
        return {workspace: int(value) for workspace, value in rows}
    values: dict[UUID, dict[str, int]] = {}
    for workspace, key, value in rows:
        values.setdefault(workspace, {})[key] = int(value)
    return {workspace: most_frequent(counts) for workspace, counts in values.items()}


def _in_parallel(tasks: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    greenlets = [gevent.spawn(_attempt, task) for task in tasks.values()]
    outcomes = [greenlet.get() for greenlet in greenlets]
    for _, error in outcomes:
        if error:
            raise error
    return {name: answer for name, (answer, _) in zip(tasks, outcomes, strict=True)}


def _attempt(task: Callable[[], Any]) -> tuple[Any, Exception | None]:
    # An error that leaves a greenlet is printed with a traceback; this one has somebody who waits for it.
    try:
        return task(), None
    except Exception as error:
        return None, error


def _payload(answers: Mapping[str, Mapping[UUID, Any]], workspace: UUID, now: datetime) -> dict[str, Any]:
    figures = {
        name: answers[name].get(workspace, {} if metric.by_key else 0) for name, metric in METRICS.items()
    }
    return {**figures, "timestamp": iso(now)}
