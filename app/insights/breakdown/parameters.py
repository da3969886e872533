"""Query parameters of counts: which events, in which time range, compared with which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import OneOf
from sqlalchemy import Connection

from app.auth.access import Access
from app.auth.event_filters import EventFilters
from app.domain.instants import local_midnight
from app.domain.time_range import TimeRange
from app.errors import InvalidParameter
from app.http.query_parameters import Moment, Whole
from app.insights import cost
from app.insights.breakdown.counts import CHANNEL, HOUR, USER, ComparedSelection, compared
from app.insights.event_selection import EVENTS, MESSAGES, EventSelection

DEFAULT_LIMITS = {HOUR: 25}  # a day with its hour repeated
DEFAULT_LIMIT, MAX_LIMIT = 10, 1_000
MAX_RANGE = timedelta(days=366)


class CountQuery(EventFilters):
    """Which events are counted, and how many parts of them are returned."""

    metric = fields.String(
        load_default=EVENTS, validate=OneOf((EVENTS, MESSAGES), error="Must be events or messages.")
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


def selection_of(query: dict[str, Any], access: Access, now: datetime) -> ComparedSelection:
    """The events that a query counts, and those it compares them with; raises InvalidParameter."""
    time_range = _time_range(query["since"] or local_midnight(now, access.timezone), query["until"], now)
    filters = query["types"], query["user_id"], query["channel"]
    selection = EventSelection(access.workspace_id, time_range, query["metric"], *filters)
    return compared(selection, query["compare"], now, access.timezone)


def check_selection(connection: Connection, selection: ComparedSelection, by: Collection[str]) -> None:
    """Raise TooCostly or InvalidInput if events would have to be read, and too many, or some that were dropped."""
    has_sums = selection.present.has_sums
    if not has_sums:
        cost.check_kept(connection, selection.each())
    if not has_sums or CHANNEL in by or USER in by:
        cost.check_cost(connection, selection.each())


def limit_of(query: dict[str, Any], by: str) -> int:
    """How many parts are returned."""
    limit: int = query["limit"] or DEFAULT_LIMITS.get(by, DEFAULT_LIMIT)
    return limit


def _time_range(since: datetime, until: datetime | None, now: datetime) -> TimeRange:
    if until and until <= since:
        raise _invalid("until", "Must be later than since, which is today's midnight unless given.")
    if (until or now) - since > MAX_RANGE:
        raise _invalid("since", f"Must lie at most {MAX_RANGE.days} days before until.")
    return TimeRange(since, until)


def _invalid(name: str, message: str) -> InvalidParameter:
    return InvalidParameter(f"{name}: {message}", errors={name: [message]})
