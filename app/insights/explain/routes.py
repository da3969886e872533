"""`GET …/analytics/explain`: what a figure means, its moment and window, and the data it was computed from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response
from marshmallow import fields
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.custom_metric import PREFIX
from app.domain.instants import local_midnight
from app.domain.scopes import READ
from app.domain.stats import CUSTOM, STALE, Stats
from app.extensions import component
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Parameters, loaded
from app.http.response_schema import respond
from app.insights.custom.evaluation import set_query_timeout
from app.insights.explain.explained_metric import ExplainedMetric, MetricMoment, explained_metric
from app.insights.explain.latest_events import latest_events
from app.insights.explain.query_plan import rows_read
from app.insights.explain.responses import Explanation
from app.insights.state import Insights
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT
from app.redis.counters import Counters

blueprint = Blueprint("explain", __name__)
DAY_COUNTS = ("eventCounts", "messagesToday")  # read from Redis if its counters are exact
IN_REDIS = "every event of the day, counted as it is recorded"


class ExplainQuery(Parameters):
    """The metric."""

    metric = fields.String(required=True, error_messages={"required": "Name a metric."})


@blueprint.get(f"{ANALYTICS}/explain")
@described(answers=Explanation, parameters=ExplainQuery, refuses=heavy_reads.REFUSES)
@for_members(scope=READ)
def explain(access: Access) -> Response:
    """A metric's definition, window, value and source as of the last tick, and the last events that count."""
    name = loaded(ExplainQuery())["metric"]
    stats = component(Insights).stats(access.workspace_id)
    found = heavy_reads.run(access, lambda connection: _explain(connection, access, name, stats))
    return respond(Explanation, found)


def _explain(connection: Connection, access: Access, name: str, stats: Stats) -> dict[str, Any]:
    at = MetricMoment(
        access.workspace_id, access.timezone, datetime.fromisoformat(stats.payload["timestamp"])
    )
    connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
    set_query_timeout(connection)
    metric = explained_metric(connection, name, at)
    found = latest_events(connection, metric.counted, stats.cursor.seq)
    source = _source(connection, metric, at, stats)  # last: a time-out aborts the transaction
    return {
        "data": {
            "metric": name,
            "unit": metric.unit,
            "meaning": metric.meaning,
            "window": _window(metric, at),
            "value": _value(name, stats),
            "stale": stats.payload.get(STALE, {}).get(name),
            "paused_because": metric.paused_because,
            "source": source,
            "events": found.events,
            "events_are_all": found.is_all,
        },
        "meta": _meta(access, stats, at),
    }


def _window(metric: ExplainedMetric, at: MetricMoment) -> dict[str, Any]:
    start = metric.window.start(at.now, at.timezone)
    return {
        "name": metric.window.name,
        "words": metric.window.words,
        "since": start,
        "since_is_included": metric.window.has_start,
        "until": at.now,
        "timezone": at.timezone,
    }


def _value(name: str, stats: Stats) -> Any:
    if name.startswith(PREFIX):
        return stats.payload.get(CUSTOM, {}).get(name.removeprefix(PREFIX))
    return stats.payload[name]


def _source(
    connection: Connection, metric: ExplainedMetric, at: MetricMoment, stats: Stats
) -> dict[str, Any]:
    if metric.name in DAY_COUNTS and _is_in_redis(at, stats):
        return {"from_": "redis", "words": IN_REDIS, "read": []}
    if metric.paused_because:
        return {"from_": "nothing", "words": metric.paused_because, "read": []}
    read = rows_read(connection, metric.query)
    words = "; ".join(table["words"] for table in read or [])
    return {"from_": "postgresql", "words": words or "It took too long to find out.", "read": read or []}


def _is_in_redis(at: MetricMoment, stats: Stats) -> bool:
    held = component(Counters).read([at.workspace]).get(at.workspace)
    day = stats.cursor.epoch, local_midnight(at.now, at.timezone)
    return held is not None and held.mark[:2] == day


def _meta(access: Access, stats: Stats, at: MetricMoment) -> dict[str, Any]:
    age = (datetime.now(UTC) - at.now).total_seconds()
    return {
        "timestamp": at.now,
        "age_seconds": round(max(0.0, age), 3),
        "last_event_id": str(stats.cursor),
        "timezone": access.timezone,
    }
