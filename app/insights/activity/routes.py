"""`GET …/analytics/activity`: how many messages or events there were in each bucket of a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, jsonify
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.auth.event_filters import EventFilters, load_filters
from app.domain import catalogue
from app.domain.buckets import LENGTHS
from app.domain.calendar_periods import Period
from app.domain.comparison import COMPARISONS, NONE
from app.domain.csv_text import CsvStyle, csv_lines
from app.domain.grid import AUTO
from app.domain.scopes import READ
from app.domain.time_range import TimeRange
from app.errors import InvalidInput, InvalidParameter, TooCostly
from app.http.csv_parameters import CsvParameters, style_of
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Moment
from app.insights.activity import reader
from app.insights.activity.reader import ActivityRequest, BucketCounts
from app.insights.activity.responses import Activity
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection
from app.insights.parameters import TimezoneField
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT

blueprint = Blueprint("activity", __name__)
DEFAULT_RANGE = timedelta(days=1)
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '5s'"
Query = dict[str, Any]


def _check_of(text: str) -> None:
    if text not in (MESSAGES, EVENTS) and not catalogue.is_well_formed(text):
        raise ValidationError("Must be messages, events, or an event type such as message.sent.")


class ActivityQuery(EventFilters, CsvParameters):
    """What to count, the stretch of time, its buckets, and what it is compared with."""

    of = fields.String(
        required=True,
        validate=_check_of,
        error_messages={"required": "Say of what: messages, events, or an event type."},
        metadata={
            "description": "`messages` (those sent, less those since deleted), `events`, or an event type."
        },
    )
    since = Moment(load_default=None, metadata={"description": "A day before `until` unless given."})
    until = Moment(load_default=None, metadata={"description": "Now unless given."})
    step = fields.String(load_default=AUTO, validate=validate.OneOf([AUTO, *LENGTHS]))
    zone = TimezoneField(
        data_key="tz",
        load_default=None,
        metadata={"description": "Whose hours and days; the workspace's timezone unless given."},
    )
    compare = fields.String(
        load_default=NONE,
        validate=validate.OneOf(COMPARISONS),
        metadata={
            "description": "Counts an earlier stretch too: the one just before, or the same local times a day or "
            "a week earlier."
        },
    )
    form = fields.String(data_key="format", load_default="json", validate=validate.OneOf(["json", "csv"]))

    @validates_schema
    def _check_types(self, data: Query, **kwargs: Any) -> None:
        if data.get("types") and data.get("of", EVENTS) != EVENTS:
            raise ValidationError(f"Cannot be combined with of={data['of']}, which is of one type.", "type")


@blueprint.get(f"{ANALYTICS}/activity")
@described(
    answers={
        "application/json": Activity,
        "text/csv": "A row for each bucket; the first one names the columns.",
    },
    parameters=ActivityQuery,
    refuses=(InvalidInput, TooCostly, *heavy_reads.REFUSES),
)
@for_members(scope=READ)
def read_activity(access: Access) -> Response:
    """How many messages or events there were in each minute, hour or day of a stretch of time."""
    query = load_filters(ActivityQuery(zone=access.timezone), access)
    zone = query["zone"] or access.timezone
    # Not the query string: of `me` each user has an own answer.
    step, found = heavy_reads.run(
        access, lambda connection: _read(connection, access, query, zone), tuple(query.items())
    )
    if query["form"] == "csv":
        return _csv(access, found, zone, style_of(query))
    current, *earlier = ({"points": _points(one, zone), "total": one.total} for one in found)
    meta = {
        "step": step,
        "timezone": zone,
        "since": _local(found[0].edges[0], zone),
        "until": _local(found[0].edges[-1], zone),
        "of": query["of"],
    }
    return jsonify(data=current | ({"previous": earlier[0]} if earlier else {}), meta=meta)


def _read(connection: Connection, access: Access, query: Query, zone: str) -> tuple[str, list[BucketCounts]]:
    now = datetime.now(UTC)
    period = _period(query, now)
    selection = _selection(access, query, TimeRange(*period))
    connection.exec_driver_sql(f"{READ_ONLY_SNAPSHOT}; {STATEMENT_TIMEOUT}")
    return reader.read_activity(
        connection, ActivityRequest(selection, period, query["step"], zone, query["compare"]), now
    )


def _period(query: Query, now: datetime) -> Period:
    until = query["until"] or now
    since = query["since"] or until - DEFAULT_RANGE
    if since >= until:
        name = "until" if query["until"] else "since"
        message = "Must be later than since." if query["until"] else "Must be earlier than now."
        raise InvalidParameter(f"{name}: {message}", errors={name: [message]})
    return Period(since, until)


def _selection(access: Access, query: Query, time_range: TimeRange) -> EventSelection:
    of, types = query["of"], query["types"]
    metric = MESSAGES if of == MESSAGES else EVENTS
    one_type = () if of in (MESSAGES, EVENTS) else (of,)
    return EventSelection(
        access.workspace_id, time_range, metric, types or one_type, query["user_id"], query["channel"]
    )


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


def _points(found: BucketCounts, zone: str) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = [
        {"at": _local(at, zone), "count": count}
        for at, count in zip(found.edges, found.counts, strict=False)  # one edge more
    ]
    for point, is_partial in zip(points, found.partial, strict=True):
        if is_partial:
            point["partial"] = True
    return points


def _csv(access: Access, found: Sequence[BucketCounts], zone: str, style: CsvStyle) -> Response:
    names, columns = list[str](), list[Sequence[object]]()
    for prefix, one in zip(("", "previous."), found, strict=False):
        names += [f"{prefix}at", f"{prefix}count", f"{prefix}partial"]
        times = [style.moment(at, zone) if style.is_local else _local(at, zone) for at in one.edges[:-1]]
        columns += [times, one.counts, ["true" if partial else None for partial in one.partial]]
    headers = {
        "Content-Disposition": f'attachment; filename="{access.slug}-activity.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    text = style.mark + csv_lines([names, *zip(*columns, strict=True)], style)
    return Response(text, headers=headers, content_type="text/csv; charset=utf-8")
