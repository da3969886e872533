"""Query parameters of reading events back: filters and pagination."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validates_schema

from app.auth.access import Access
from app.auth.credentials import UUID_FORM
from app.domain.event_query import EventQuery
from app.http.query_parameters import Moment, Parameters, Types, Whole, loaded

ME = "me"
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_SEQ = 2**63 - 1
MAX_CHANNEL_LENGTH = 200


class UserRef(fields.Field[UUID | str]):
    """A user's id, or `me`."""

    json_schema: ClassVar = {"type": "string", "anyOf": [{"const": ME}, {"format": "uuid"}]}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> UUID | str:
        if value == ME:
            return ME
        if not UUID_FORM.fullmatch(value):
            raise ValidationError(f"Must be a user's id, or {ME}.")
        return UUID(value)


def _check_channel(text: str) -> None:
    if not 1 <= len(text) <= MAX_CHANNEL_LENGTH or not text.isprintable():
        raise ValidationError(f"Must be a channel's id: 1 to {MAX_CHANNEL_LENGTH} visible characters.")


class EventFilters(Parameters):
    """Filters of events."""

    types = Types(
        data_key="type",
        load_default=(),
        metadata={"description": "Only these types, joined by commas or given repeatedly."},
    )
    user_id = UserRef(data_key="user", load_default=None, metadata={"description": "Only this user's."})
    channel = fields.String(
        load_default=None,
        validate=_check_channel,
        metadata={
            "minLength": 1,
            "maxLength": MAX_CHANNEL_LENGTH,
            "description": "`eventData.channelId`, exactly.",
        },
    )
    since = Moment(load_default=None, metadata={"description": "Only what happened then or later."})
    until = Moment(load_default=None, metadata={"description": "Only what happened before."})

    @validates_schema
    def _check_window(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] >= data["until"]:
            raise ValidationError("Must be later than since.", "until")


class EventPageQuery(EventFilters):
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


def load_filters(schema: Schema, access: Access) -> dict[str, Any]:
    """This request's parameters by their Python names; raises InvalidParameter naming every wrong one."""
    given = loaded(schema, repeatable={"type"})
    return {name: access.user_id if value == ME else value for name, value in given.items()}


def load_page_query(access: Access) -> EventQuery:
    """This request's filters and page as a query of the workspace's log; raises InvalidParameter."""
    return EventQuery(
        workspace_id=access.workspace_id, **load_filters(EventPageQuery(zone=access.timezone), access)
    )
