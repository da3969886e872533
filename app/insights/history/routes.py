"""`GET …/analytics/history`: figures over a time range, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from marshmallow import fields, validate
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.csv_text import CsvStyle, csv_lines
from app.domain.expected import MIN_WEEKS
from app.domain.grid import AUTO, DAYS, STEPS, Grid, TooManyPoints, make_grid
from app.domain.scopes import READ
from app.errors import InvalidInput, InvalidParameter
from app.extensions import component
from app.http.csv_parameters import CsvParameters, style_of
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Moment, loaded
from app.http.response_schema import respond
from app.insights.history import series
from app.insights.history.days import read_days, require_workspace_days
from app.insights.history.expected_band import read_expected
from app.insights.history.responses import History, local_iso
from app.insights.history.series import Columns, Reach
from app.insights.metrics.series_catalogue import SeriesInfo, find_series
from app.insights.parameters import MetricNamesField, TimezoneField
from app.insights.state import Insights

blueprint = Blueprint("history", __name__)
DEFAULT_RANGE = timedelta(days=1)
MAX_METRICS = 20
ZONE_DESCRIPTION = "The timezone of times and days; unless given, times in UTC and the workspace's days."


class HistoryQuery(CsvParameters):
    """The metrics, the time range, the step and the format."""

    names = MetricNamesField(
        MAX_METRICS,
        data_key="metric",
        required=True,
        error_messages={"required": "Name a metric."},
        metadata={"description": f"Up to {MAX_METRICS}, joined by commas or given repeatedly."},
    )
    since = Moment(load_default=None, metadata={"description": "A day before `until` unless given."})
    until = Moment(load_default=None, metadata={"description": "Now unless given."})
    step = fields.String(load_default=AUTO, validate=validate.OneOf([AUTO, *STEPS]))
    zone = TimezoneField(data_key="tz", load_default=None, metadata={"description": ZONE_DESCRIPTION})
    expected = fields.String(
        load_default="0",
        validate=validate.OneOf(("0", "1"), error="Must be 0 or 1."),
        metadata={"description": "`1`: with what is usual at this time of the week, and its band."},
    )
    form = fields.String(data_key="format", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get(f"{ANALYTICS}/history")
@described(
    answers={
        "application/json": History,
        "text/csv": "A row for each step; the first one names the columns.",
    },
    parameters=HistoryQuery,
    refuses=(InvalidInput, *heavy_reads.REFUSES),
)
@for_members(scope=READ)
def read_history(access: Access) -> Response:
    """The figures of metrics over a time range, with null where nothing was recorded."""
    query = loaded(HistoryQuery(zone=access.timezone), repeatable=("metric",))
    metrics = find_series(access.workspace_id, query["names"])
    grid, columns = heavy_reads.run(access, lambda connection: _read(connection, access, metrics, query))
    if query["form"] == "csv":
        return _csv(access, metrics, _csv_times(access, grid, query), columns, style_of(query))
    *starts, end = _local_edges(grid, query)
    return respond(
        History,
        data={"at": starts, "series": [_series(metric, columns[metric.name]) for metric in metrics]},
        meta={
            "since": starts[0],
            "until": end,
            "step": grid.name,
            "timezone": query["zone"] or access.timezone,
            "points": len(starts),
        },
    )


def _read(
    connection: Connection, access: Access, metrics: Sequence[SeriesInfo], query: Mapping[str, Any]
) -> tuple[Grid, Mapping[str, Columns]]:
    now = datetime.now(UTC)
    grid, reach = _grid(access, query, now), Reach.at(now)
    is_local = grid.has_days_of(access.timezone)
    if grid.name != DAYS:
        names = [metric.name for metric in metrics]
        found = series.read_series(connection, access.workspace_id, names, grid, reach)
    else:
        if not is_local:
            require_workspace_days(metrics, access.timezone, ", or ask for step=1h")
        found = read_days(connection, access.workspace_id, metrics, grid, reach, local=is_local)
    if query["expected"] == "1":
        zones = access.timezone, query["zone"] or access.timezone
        bands = read_expected(connection, access.workspace_id, metrics, grid, now, *zones)
        found = {name: found[name] | band for name, band in bands.items()}
    return grid, found


def _grid(access: Access, query: Mapping[str, Any], now: datetime) -> Grid:
    insights = component(Insights)
    until = query["until"] or now
    since = query["since"] or until - DEFAULT_RANGE
    if since >= until:
        message = "Must be later than since." if query["until"] else "Must be earlier than now."
        name = "until" if query["until"] else "since"
        raise InvalidParameter(f"{name}: {message}", errors={name: [message]})
    zone = query["zone"] or access.timezone
    try:
        return make_grid(query["step"], since, until, now, zone, insights.retention, insights.sample_interval)
    except TooManyPoints as error:
        raise InvalidInput(str(error), errors={"step": [str(error)]}) from None


def _local_edges(grid: Grid, query: Mapping[str, Any]) -> list[datetime]:
    """In UTC, or in local time if the query names a timezone."""
    zone = ZoneInfo(query["zone"]) if query["zone"] else UTC
    return [edge.astimezone(zone) for edge in grid.edges]


def _csv_times(access: Access, grid: Grid, query: dict[str, Any]) -> list[str]:
    style = style_of(query)
    if style.is_local:
        return [style.moment(start, query["zone"] or access.timezone) for start in grid.starts]
    return [local_iso(start) for start in _local_edges(grid, query)[:-1]]


def _series(metric: SeriesInfo, columns: Columns) -> dict[str, Any]:
    about: dict[str, Any] = {
        "metric": metric.name,
        "unit": metric.unit,
        "kind": metric.kind,
        "over_time": metric.over_time,
        "value": columns[metric.over_time],
    }
    if metric.definition_changed_at:
        about["definition_changed_at"] = metric.definition_changed_at
    if weeks := columns.get("weeks"):
        about["learning"] = max(known or 0 for known in weeks) < MIN_WEEKS
    return about | _without_means_of_amounts(metric, columns)


def _without_means_of_amounts(metric: SeriesInfo, columns: Columns) -> Columns:
    return columns if metric.kind == "level" else columns | {"mean": [None] * len(columns["mean"])}


def _csv(
    access: Access,
    metrics: Sequence[SeriesInfo],
    times: Sequence[str],
    found: Mapping[str, Columns],
    style: CsvStyle,
) -> Response:
    names, columns = ["at"], [list[str | float | None](times)]
    for metric in metrics:
        of_metric = _without_means_of_amounts(metric, found[metric.name])
        names += [metric.name, *(f"{metric.name}.{name}" for name in of_metric)]
        columns += [list(column) for column in (of_metric[metric.over_time], *of_metric.values())]
    rows = zip(*columns, strict=True)
    headers = {
        "Content-Disposition": f'attachment; filename="{access.slug}-history.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    text = style.mark + csv_lines([names, *rows], style)
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")
