"""`GET …/analytics/breakdown`: the largest parts of a total."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint
from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import OneOf
from sqlalchemy import Connection, select

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.instants import iso, local_midnight
from app.domain.ranking import Ranking
from app.domain.scopes import READ
from app.domain.time_range import TimeRange
from app.errors import InvalidParameter, TooCostly
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import Moment, Parameters, Types, Whole, loaded
from app.insights.breakdown import counts
from app.insights.breakdown.responses import Breakdown
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT
from app.models import User

blueprint = Blueprint("breakdown", __name__)

TYPE, CHANNEL, USER, HOUR = BY = ("type", "channel", "user", "hour")
DEFAULT_LIMITS = {HOUR: 25}  # a day with its hour repeated
DEFAULT_LIMIT, MAX_LIMIT = 10, 1_000
MAX_RANGE = timedelta(days=366)
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '5s'"


class BreakdownQuery(Parameters):
    """What to break down, and by what."""

    by = fields.String(required=True, validate=OneOf(BY, error=f"Must be one of: {', '.join(BY)}."))
    metric = fields.String(
        load_default=EVENTS, validate=OneOf((EVENTS, MESSAGES), error="Must be events or messages.")
    )
    types = Types(
        data_key="type",
        load_default=(),
        metadata={"description": "Only these types, joined by commas or given repeatedly."},
    )
    since = Moment(load_default=None, metadata={"description": "Local midnight today unless given."})
    until = Moment(
        load_default=None, metadata={"description": "At most 366 days later; no end unless given."}
    )
    limit = Whole(
        1,
        MAX_LIMIT,
        load_default=None,
        metadata={"description": "How many parts are returned; 10 unless given, and 25 hours."},
    )

    @validates_schema
    def _check_types(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("metric") == MESSAGES and data.get("types"):
            raise ValidationError("Cannot be combined with metric=messages, which is of one type.", "type")


@blueprint.get(f"{ANALYTICS}/breakdown")
@described(answers=Breakdown, parameters=BreakdownQuery, refuses=(TooCostly, *heavy_reads.REFUSES))
@for_members(scope=READ)
def breakdown(access: Access) -> dict[str, Any]:
    """The largest parts of the events in a time range, the rest as `other`, and the total."""
    query = loaded(BreakdownQuery(zone=access.timezone), repeatable={"type"})
    return heavy_reads.run(access, lambda connection: _read(connection, access, query))


def _read(connection: Connection, access: Access, query: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    selection = EventSelection(
        access.workspace_id, _time_range(query, access, now), query["metric"], query["types"]
    )
    by, limit = query["by"], query["limit"] or DEFAULT_LIMITS.get(query["by"], DEFAULT_LIMIT)
    connection.exec_driver_sql(f"{READ_ONLY_SNAPSHOT}; {STATEMENT_TIMEOUT}")
    ranking = _ranking(connection, selection, by, limit, access.timezone)
    total = counts.total_count(connection, selection) if by in (CHANNEL, USER) else ranking.total
    names = _names(connection, ranking) if by == USER else {}
    return {"data": _to_json(ranking, total, names, by), "meta": _meta(selection, by, access, now)}


def _time_range(query: dict[str, Any], access: Access, now: datetime) -> TimeRange:
    since, until = query["since"] or local_midnight(now, access.timezone), query["until"]
    if until and until <= since:
        raise _invalid("until", "Must be later than since, which is today's midnight unless given.")
    if (until or now) - since > MAX_RANGE:
        raise _invalid("since", f"Must lie at most {MAX_RANGE.days} days before until.")
    return TimeRange(since, until)


def _invalid(name: str, message: str) -> InvalidParameter:
    return InvalidParameter(f"{name}: {message}", errors={name: [message]})


def _ranking(connection: Connection, selection: EventSelection, by: str, limit: int, zone: str) -> Ranking:
    if by == TYPE:
        return counts.by_type(connection, selection, limit)
    if by == HOUR:
        return counts.by_hour(connection, selection, limit, zone)
    return counts.by_user_or_channel(connection, selection, limit, by)


def _names(connection: Connection, ranking: Ranking) -> dict[str, str]:
    ids = [key for key, _ in ranking.top]
    return {
        str(row.id): row.name
        for row in connection.execute(select(User.id, User.name).where(User.id.in_(ids)))
    }


def _to_json(ranking: Ranking, total: int, names: dict[str, str], by: str) -> dict[str, Any]:
    top: list[dict[str, Any]] = [{"key": key, "count": count} for key, count in ranking.top]
    if by == USER:
        top = [part | {"name": names.get(part["key"])} for part in top]
    return {
        "top": top,
        "other": {"keys": ranking.other_keys, "count": ranking.other},
        "none": ranking.none,
        # Counted only in the sums: these events have passed their retention.
        "forgotten": total - ranking.total,
        "total": total,
    }


def _meta(selection: EventSelection, by: str, access: Access, now: datetime) -> dict[str, Any]:
    until = selection.time_range.until
    return {
        "by": by,
        "metric": selection.metric,
        "types": list(selection.types),
        "since": iso(selection.time_range.since),
        "until": until and iso(until),
        "timezone": access.timezone,
        "timestamp": iso(now),
    }
