"""Query parameters of reading events back: filters and pagination."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from app.auth.access import Access
from app.auth.event_filters import EventFilters, load_filters
from app.domain.event_query import EventQuery
from app.http.query_parameters import Moment, Parameters, Whole

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_SEQ = 2**63 - 1


class EventRangeFilters(EventFilters):
    """Filters of events, and the time range in which they occurred."""

    since = Moment(load_default=None, metadata={"description": "Only what happened then or later."})
    until = Moment(load_default=None, metadata={"description": "Only what happened before."})

    @validates_schema
    def _check_window(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] >= data["until"]:
            raise ValidationError("Must be later than since.", "until")


class EventPageQuery(EventRangeFilters):
    """Filters of events, and the page of them."""

    after = Whole(
        0,
        MAX_SEQ,
        load_default=None,
        metadata={"description": "Events numbered above, in order; without it the newest first."},
    )
    before = Whole(
        1, MAX_SEQ, load_default=None, metadata={"description": "Of the newest first, those numbered below."}
    )
    limit = Whole(
        1,
        MAX_LIMIT,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many at most; 100 unless given."},
    )

    @validates_schema
    def _check_direction(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("after") is not None and data.get("before") is not None:
            raise ValidationError("Cannot be combined with after.", "before")


class EventPosition(Parameters):
    """The position of an event in the log."""

    seq = Whole(
        1,
        MAX_SEQ,
        load_default=None,
        metadata={
            "description": "Its number: of events older than three days, where the id is a client's own."
        },
    )


def load_page_query(access: Access) -> EventQuery:
    """This request's filters and page as a query of the workspace's log; raises InvalidParameter."""
    return EventQuery(
        workspace_id=access.workspace_id, **load_filters(EventPageQuery(zone=access.timezone), access)
    )
