"""Query parameters of reading events back: filters and pagination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.auth.access import Access
from app.auth.event_filters import EventFilters, load_filters
from app.domain.event_query import EventQuery
from app.domain.plain_text import is_plain_text
from app.domain.scopes import ADMIN
from app.domain.text_search import TextSearch
from app.http.query_parameters import Moment, Parameters, Whole

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_SEQ = 2**63 - 1
MAX_TEXT_LENGTH = 200


def _check_text(text: str) -> None:
    if not is_plain_text(text, MAX_TEXT_LENGTH):
        raise ValidationError(
            f"Must be a text of 1 to {MAX_TEXT_LENGTH} characters, without control characters."
        )


class EventRangeFilters(EventFilters):
    """Filters of events, the time range in which they occurred, and a text to search for."""

    since = Moment(load_default=None, metadata={"description": "Only what happened then or later."})
    until = Moment(load_default=None, metadata={"description": "Only what happened before."})

    q = fields.String(
        load_default=None,
        validate=_check_text,
        metadata={
            "minLength": 1,
            "maxLength": MAX_TEXT_LENGTH,
            "description": "Only those with this text in their id, type or session, or in their `eventData`, where"
            " one may see it; in upper or lower case, and no character is special.",
        },
    )

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
    around = Whole(
        1,
        MAX_SEQ,
        load_default=None,
        metadata={"description": "A page of the newest first with the event of this number in the middle."},
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
        if data.get("around") is not None:
            if data.get("after") is not None or data.get("before") is not None:
                raise ValidationError("Cannot be combined with after or before.", "around")
            if data.get("limit") == 1:
                raise ValidationError("Must be at least 2 with around.", "limit")


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


def load_page_query(access: Access) -> tuple[EventQuery, int | None]:
    """This request's filters and page as a query of the workspace's log, and `around`; raises InvalidParameter."""
    given = load_filters(EventPageQuery(zone=access.timezone), access)
    around = given.pop("around")
    return event_query(access, given), around


def event_query(access: Access, given: Mapping[str, Any]) -> EventQuery:
    """The query of the workspace's log that these parameters ask for, by their Python names."""
    filters = dict(given)
    text = filters.pop("q")
    search = None if text is None else TextSearch(text, None if sees_data(access) else access.user_id)
    return EventQuery(workspace_id=access.workspace_id, search=search, **filters)


def sees_data(access: Access) -> bool:
    """True if `eventData` of all events may be shown: to admins; by a token only with the scope `admin`."""
    return access.allows("admin") and ADMIN in access.scopes
