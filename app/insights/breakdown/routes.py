"""GET …/analytics/breakdown: what a total is made of."""

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
from app.insights.breakdown.query import EVENTS, MESSAGES, EventSelection
from app.insights.breakdown.responses import Breakdown
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT
from app.models import User

blueprint = Blueprint("breakdown", __name__)

TYPE, CHANNEL, USER, HOUR = BY = ("type", "channel", "user", "hour")
LIMITS = {HOUR: 25}  # a day with its hour repeated
LIMIT, MOST = 10, 1_000
LONGEST = timedelta(days=366)
PATIENCE = "SET LOCAL statement_timeout = '5s'"


class Breaking(Parameters):
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
        MOST,
        load_default=None,
        metadata={"description": "How many parts are told; 10 unless given, and 25 hours."},
    )

    @validates_schema
    def _check_types(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("metric") == MESSAGES and data.get("types"):
            raise ValidationError("Cannot be combined with metric=messages, which is of one type.", "type")


@blueprint.get(f"{ANALYTICS}/breakdown")
@described(answers=Breakdown, parameters=Breaking, refuses=(TooCostly, *heavy_reads.REFUSES))
@for_members(scope=READ)
def breakdown(access: Access) -> dict[str, Any]:
    """The largest parts of what happened in a stretch of time, the rest as `other`, and the total."""
    given = loaded(Breaking(zone=access.timezone), repeatable={"type"})
    return heavy_reads.run(access, lambda connection: _read(connection, access, given))


def _read(connection: Connection, access: Access, given: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    question = EventSelection(
        access.workspace_id, _stretch(given, access, now), given["metric"], given["types"]
    )
    by, limit = given["by"], given["limit"] or LIMITS.get(given["by"], LIMIT)
    connection.exec_driver_sql(f"{READ_ONLY_SNAPSHOT}; {PATIENCE}")
    ranking = _ranking(connection, question, by, limit, access.timezone)
    total = counts.total_count(connection, question) if by in (CHANNEL, USER) else ranking.total
    names = _names(connection, ranking) if by == USER else {}
    return {"data": _told(ranking, total, names, by), "meta": _meta(question, by, access, now)}


def _stretch(given: dict[str, Any], access: Access, now: datetime) -> TimeRange:
    since, until = given["since"] or local_midnight(now, access.timezone), given["until"]
    if until and until <= since:
        raise _wrong("until", "Must be later than since, which is today's midnight unless given.")
    if (until or now) - since > LONGEST:
        raise _wrong("since", f"Must lie at most {LONGEST.days} days before until.")
    return TimeRange(since, until)


def _wrong(name: str, message: str) -> InvalidParameter:
    return InvalidParameter(f"{name}: {message}", errors={name: [message]})


def _ranking(connection: Connection, question: EventSelection, by: str, limit: int, zone: str) -> Ranking:
    if by == TYPE:
        return counts.by_type(connection, question, limit)
    if by == HOUR:
        return counts.by_hour(connection, question, limit, zone)
    return counts.by_user_or_channel(connection, question, limit, by)


def _names(connection: Connection, ranking: Ranking) -> dict[str, str]:
    ids = [key for key, _ in ranking.top]
    return {
        str(row.id): row.name
        for row in connection.execute(select(User.id, User.name).where(User.id.in_(ids)))
    }


def _told(ranking: Ranking, total: int, names: dict[str, str], by: str) -> dict[str, Any]:
    top: list[dict[str, Any]] = [{"key": key, "count": count} for key, count in ranking.top]
    if by == USER:
        top = [part | {"name": names.get(part["key"])} for part in top]
    return {
        "top": top,
        "other": {"keys": ranking.other_keys, "count": ranking.other},
        "none": ranking.none,
        # Of these only the sums are left: the events themselves were dropped.
        "forgotten": total - ranking.total,
        "total": total,
    }


def _meta(question: EventSelection, by: str, access: Access, now: datetime) -> dict[str, Any]:
    until = question.stretch.until
    return {
        "by": by,
        "metric": question.metric,
        "types": list(question.types),
        "since": iso(question.stretch.since),
        "until": until and iso(until),
        "timezone": access.timezone,
        "timestamp": iso(now),
    }
