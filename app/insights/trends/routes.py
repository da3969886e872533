"""`GET …/analytics/trends`: whole days, weeks or months, and the current one compared with the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response
from marshmallow import fields, validate

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.calendar_periods import Period, periods, same_point
from app.domain.comparison import difference
from app.domain.resolution import MINUTE, floor
from app.domain.scopes import READ
from app.errors import InvalidInput
from app.extensions import component
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Parameters, Whole, loaded
from app.http.response_schema import respond
from app.insights.history.days import require_workspace_days
from app.insights.metrics.series_catalogue import find_series
from app.insights.parameters import MetricNamesField, TimezoneField
from app.insights.state import Insights
from app.insights.trends import period_values
from app.insights.trends.responses import Trends

blueprint = Blueprint("trends", __name__)
DEFAULT_COUNTS = {"day": 14, "week": 8, "month": 12}  # whole periods


class TrendsQuery(Parameters):
    """The metric, and the kind and number of periods."""

    names = MetricNamesField(
        1, data_key="metric", required=True, error_messages={"required": "Name a metric."}
    )
    period = fields.String(load_default="day", validate=validate.OneOf(list(DEFAULT_COUNTS)))
    count = Whole(
        1,
        60,
        load_default=None,
        metadata={"description": "How many whole ones; 14 days, 8 weeks or 12 months unless given."},
    )
    zone = TimezoneField(data_key="tz", load_default=None, metadata={"description": "Whose calendar."})


@blueprint.get(f"{ANALYTICS}/trends")
@described(answers=Trends, parameters=TrendsQuery, refuses=(InvalidInput, *heavy_reads.REFUSES))
@for_members(scope=READ)
def read_trends(access: Access) -> Response:
    """Each whole period beside the one before; the running one beside that one up to the same time."""
    query = loaded(TrendsQuery())
    [metric] = find_series(access.workspace_id, query["names"])
    kind, zone = query["period"], query["zone"] or access.timezone
    now = floor(datetime.now(UTC), MINUTE)
    count = query["count"] or DEFAULT_COUNTS[kind]
    *whole, running = periods(kind, now, zone, count)
    if not metric.trend_sum and periods(kind, now, access.timezone, count) != [*whole, running]:
        require_workspace_days([metric._replace(minute_sum=None)], access.timezone)
    so_far = Period(running.start, now)
    before = Period(whole[-1].start, same_point(kind, now, zone))
    insights = component(Insights)
    *values, value, value_before = heavy_reads.run(
        access,
        lambda connection: period_values.period_values(
            connection, access.workspace_id, metric, [*whole, so_far, before], now, insights.retention
        ),
        (now, metric.name, kind, zone, len(whole)),
    )
    about = {"metric": metric.name, "unit": metric.unit, "period": kind, "trend": metric.trend}
    return respond(
        Trends,
        data=about
        | {
            "periods": _whole(whole, values),
            "running": {
                **_edges(running),
                "until": now,
                "value": value,
                "before": {"start": before.start, "until": before.end, "value": value_before},
                **difference(value, value_before),
            },
        },
        meta={"timezone": zone, "timestamp": now},
    )


def _whole(whole: Sequence[Period], values: Sequence[float | None]) -> list[dict[str, Any]]:
    """Oldest first; the oldest has no earlier period to be compared with."""
    changes = [difference(None, None), *(difference(value, before) for before, value in pairwise(values))]
    return [
        _edges(period) | {"value": value} | changed
        for period, value, changed in zip(whole, values, changes, strict=True)
    ]


def _edges(period: Period) -> dict[str, Any]:
    return {"start": period.start, "end": period.end}
