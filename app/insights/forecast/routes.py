"""`GET …/analytics/forecast`: where today's total of a metric that adds up will end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.forecast import Forecast, forecast
from app.domain.resolution import MINUTE, floor
from app.domain.scopes import READ
from app.errors import InvalidInput
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Parameters, loaded
from app.http.response_schema import respond
from app.insights.forecast.responses import MetricForecast
from app.insights.forecast.same_weekdays import read_same_weekdays
from app.insights.metrics.registry import MinuteSum
from app.insights.metrics.series_catalogue import SeriesInfo, find_series
from app.insights.parameters import MetricNamesField

blueprint = Blueprint("forecast", __name__)
NOT_ADDITIVE = "Does not add up to a total of the day: ask for one that does, such as messagesToday."


class ForecastQuery(Parameters):
    """The metric whose total of today is forecast."""

    names = MetricNamesField(
        1, data_key="metric", required=True, error_messages={"required": "Name a metric."}
    )


@blueprint.get(f"{ANALYTICS}/forecast")
@described(answers=MetricForecast, parameters=ForecastQuery, refuses=(InvalidInput, *heavy_reads.REFUSES))
@for_members(scope=READ)
def read_forecast(access: Access) -> Response:
    """Today's total so far, where it is expected to end, and between which bounds it mostly does."""
    [metric] = find_series(access.workspace_id, loaded(ForecastQuery())["names"])
    minute_sum, now = _minute_sum(metric), floor(datetime.now(UTC), MINUTE)
    so_far, days = heavy_reads.run(
        access,
        lambda connection: read_same_weekdays(
            connection, access.workspace_id, minute_sum, now, access.timezone
        ),
        (now, metric.name),
    )
    found = forecast(so_far, list(days.values()))
    about = {"metric": metric.name, "unit": metric.unit, "so_far": so_far}
    return respond(
        MetricForecast,
        data=about | _bounds(found) | {"basis": list(days), "learning": found is None},
        meta={"timezone": access.timezone, "timestamp": now},
    )


def _minute_sum(metric: SeriesInfo) -> MinuteSum:
    if metric.minute_sum and metric.resets_at_midnight:
        return metric.minute_sum
    raise InvalidInput(f"{metric.name}: {NOT_ADDITIVE}", errors={"metric": [NOT_ADDITIVE]})


def _bounds(found: Forecast | None) -> dict[str, Any]:
    if found is None:
        return dict.fromkeys(("expected", "low", "high", "covers", "rule"))
    return {
        "expected": found.expected,
        "low": found.low,
        "high": found.high,
        "covers": f"{found.covered} of {found.of}",
        "rule": found.rule,
    }
