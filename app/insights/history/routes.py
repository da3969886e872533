"""`GET …/analytics/history`: how figures went, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify
from marshmallow import fields, validate
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.csv_text import CsvStyle, csv_lines
from app.domain.grid import AUTO, DAYS, STEPS, Grid, TooManyPoints, make_grid
from app.domain.instants import iso
from app.domain.scopes import READ
from app.errors import InvalidInput, InvalidParameter
from app.extensions import component
from app.http.csv_parameters import CsvParameters, style_of
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Moment, loaded
from app.insights.history import series
from app.insights.history.days import read_days, require_workspace_days
from app.insights.history.responses import History
from app.insights.history.series import COLUMNS, Column
from app.insights.metrics.series_catalogue import SeriesInfo, find_series
from app.insights.parameters import MetricNamesField, TimezoneField
from app.insights.state import Insights

blueprint = Blueprint("history", __name__)
USUAL = timedelta(days=1)
MOST_METRICS = 20
TOLD_IN = "In which times are told and days begin; unless given UTC, and the workspace's days."


class Asked(CsvParameters):
    """Which metrics, which stretch of time, how finely, and in which form."""

    names = MetricNamesField(
        MOST_METRICS,
        data_key="metric",
        required=True,
        error_messages={"required": "Name a metric."},
        metadata={"description": f"Up to {MOST_METRICS}, joined by commas or given repeatedly."},
    )
    since = Moment(load_default=None, metadata={"description": "A day before `until` unless given."})
    until = Moment(load_default=None, metadata={"description": "Now unless given."})
    step = fields.String(load_default=AUTO, validate=validate.OneOf([AUTO, *STEPS]))
    zone = TimezoneField(data_key="tz", load_default=None, metadata={"description": TOLD_IN})
    form = fields.String(data_key="format", load_default="json", validate=validate.OneOf(["json", "csv"]))


@blueprint.get(f"{ANALYTICS}/history")
@described(
    answers={
        "application/json": History,
        "text/csv": "A row for each step; the first one names the columns.",
    },
    parameters=Asked,
    refuses=(InvalidInput, *heavy_reads.REFUSES),
)
@for_members(scope=READ)
def read_history(access: Access) -> Response:
    """The figures of some metrics over a stretch of time, with null where nothing was recorded."""
    asked = loaded(Asked(zone=access.timezone), repeatable=("metric",))
    metrics = find_series(access.workspace_id, asked["names"])
    drawn, columns = heavy_reads.run(access, lambda connection: _read(connection, access, metrics, asked))
    if asked["form"] == "csv":
        return _csv(access, metrics, _csv_times(access, drawn, asked), columns, style_of(asked))
    times = [_told(start, asked["zone"]) for start in drawn.starts]
    meta = {
        "since": _told(drawn.edges[0], asked["zone"]),
        "until": _told(drawn.edges[-1], asked["zone"]),
        "step": drawn.name,
        "timezone": asked["zone"] or access.timezone,
        "points": len(times),
    }
    rows = [_series(metric, columns[metric.name]) for metric in metrics]
    return jsonify(data={"at": times, "series": rows}, meta=meta)


def _read(
    connection: Connection, access: Access, metrics: Sequence[SeriesInfo], asked: Mapping[str, Any]
) -> tuple[Grid, Mapping[str, Mapping[str, Column]]]:
    drawn = _grid(access, asked, datetime.now(UTC))
    own = drawn.has_days_of(access.timezone)
    if drawn.name != DAYS:
        names = [metric.name for metric in metrics]
        return drawn, series.read_series(connection, access.workspace_id, names, drawn)
    if not own:
        require_workspace_days(metrics, access.timezone, ", or ask for step=1h")
    return drawn, read_days(connection, access.workspace_id, metrics, drawn, own=own)


def _grid(access: Access, asked: Mapping[str, Any], now: datetime) -> Grid:
    insights = component(Insights)
    until = asked["until"] or now
    since = asked["since"] or until - USUAL
    if since >= until:
        message = "Must be later than since." if asked["until"] else "Must be earlier than now."
        name = "until" if asked["until"] else "since"
        raise InvalidParameter(f"{name}: {message}", errors={name: [message]})
    zone = asked["zone"] or access.timezone
    try:
        return make_grid(asked["step"], since, until, now, zone, insights.retention, insights.sample_interval)
    except TooManyPoints as error:
        raise InvalidInput(str(error), errors={"step": [str(error)]}) from None


def _told(moment: datetime, zone: str | None) -> str:
    """In UTC, or where a timezone is asked for as its clocks show it."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds") if zone else iso(moment)


def _csv_times(access: Access, drawn: Grid, asked: dict[str, Any]) -> list[str]:
    style = style_of(asked)
    if style.is_local:
        return [style.moment(start, asked["zone"] or access.timezone) for start in drawn.starts]
    return [_told(start, asked["zone"]) for start in drawn.starts]


def _series(metric: SeriesInfo, columns: Mapping[str, Column]) -> dict[str, Any]:
    told = {"metric": metric.name, "unit": metric.unit, "overTime": metric.over_time}
    return {**told, "value": columns[metric.over_time], **columns}


def _csv(
    access: Access,
    metrics: Sequence[SeriesInfo],
    times: Sequence[str],
    found: Mapping[str, Mapping[str, Column]],
    style: CsvStyle,
) -> Response:
    heads, columns = ["at"], [times]
    for metric in metrics:
        heads += [metric.name, *(f"{metric.name}.{name}" for name in COLUMNS)]
        columns += [found[metric.name][name] for name in (metric.over_time, *COLUMNS)]
    rows = zip(*columns, strict=True)
    headers = {
        "Content-Disposition": f'attachment; filename="{access.slug}-history.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    text = style.mark + csv_lines([heads, *rows], style)
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")
