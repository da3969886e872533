"""The metric to explain, built-in or custom, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.custom_metric import PREFIX, MetricDefinition
from app.domain.event import MAX_AHEAD
from app.domain.event_query import CLOCK_SLACK
from app.domain.instants import local_midnight
from app.domain.windows import MetricWindow
from app.errors import NotFound
from app.http.query_parameters import unknown_metric
from app.insights.custom import store
from app.insights.custom.query import Query, condition_of, query_of
from app.insights.metrics.registry import METRICS, WORKSPACES_CTE, Metric, metric_parameters


@dataclass(frozen=True, slots=True)
class MetricMoment:
    """A workspace, its timezone, and the moment of the figure."""

    workspace: UUID
    timezone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ExplainedMetric:
    """A metric at a moment: `query` computes its value, `counted` is the condition on events `e` that count."""

    name: str
    unit: str
    meaning: str
    window: MetricWindow
    query: Query
    counted: Query
    paused_because: str | None = None


def explained_metric(connection: Connection, name: str, at: MetricMoment) -> ExplainedMetric:
    """The metric of this name; raises InvalidParameter if it does not exist."""
    if metric := METRICS.get(name):
        return _built_in(metric, at)
    try:
        if not name.startswith(PREFIX):
            raise NotFound
        entry = store.entry(connection, at.workspace, name.removeprefix(PREFIX))
    except NotFound:
        raise unknown_metric(name, [*METRICS, *_custom_names(connection, at.workspace)]) from None
    definition = MetricDefinition.from_json(entry)
    arguments = definition, at.workspace, at.now, at.timezone
    return ExplainedMetric(
        name,
        entry["unit"],
        entry["meaning"],
        definition.window,
        query_of(*arguments),
        condition_of(*arguments),
        entry["paused_because"],
    )


def _custom_names(connection: Connection, workspace: UUID) -> list[str]:
    return [f"{PREFIX}{entry['name']}" for entry in store.entries(connection, workspace)]


def _built_in(metric: Metric, at: MetricMoment) -> ExplainedMetric:
    midnight = local_midnight(at.now, at.timezone)
    query = Query(f"{WORKSPACES_CTE} {metric.sql}", metric_parameters([at.workspace], [midnight], at.now))
    return ExplainedMetric(
        metric.name, metric.unit, metric.meaning, metric.window, query, _counted(metric, at)
    )


def _counted(metric: Metric, at: MetricMoment) -> Query:
    conditions = ["e.workspace_id = %(workspace)s", metric.counted]
    start = metric.window.start(at.now, at.timezone)
    if start is None:
        return Query(" AND ".join(conditions), {"workspace": at.workspace})
    after = ">=" if metric.window.has_start else ">"
    conditions += [f"e.occurred_at {after} %(start)s", "e.received_at >= %(received)s"]
    received = start - MAX_AHEAD - CLOCK_SLACK
    return Query(" AND ".join(conditions), {"workspace": at.workspace, "start": start, "received": received})
