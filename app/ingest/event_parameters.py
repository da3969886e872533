"""The query parameters of reading back: filters, and which page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields, validates_schema

from app.auth.access import Access
from app.auth.standing import UUID_FORM
from app.domain import catalogue
from app.domain.event_query import EventQuery
from app.errors import InvalidParameter
from app.ingest.schema import by_field

ME = "me"
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_TYPES = 50
MAX_SEQ = 2**63 - 1
YEARS = (1970, 2999)  # beyond, days cannot be added everywhere without leaving the calendar


class Whole(fields.Field):
    """A whole number in decimal digits, and nothing else that int() would take."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any):
        super().__init__(**kwargs)
        self._lowest, self._highest = lowest, highest

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", value) or not self._lowest <= int(value) <= self._highest:
            raise ValidationError(f"Must be a whole number from {self._lowest} to {self._highest}.")
        return int(value)


class Moment(fields.Field):
    """A date and time in ISO 8601, UTC if it does not say; or a date, meaning its midnight in UTC."""

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            hint = " (In a URL, + is written %2B.)" if " " in value else ""
            raise ValidationError(
                f"Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z.{hint}"
            ) from None
        if not YEARS[0] <= moment.year <= YEARS[1]:
            raise ValidationError(f"Must lie in the years {YEARS[0]} to {YEARS[1]}.")
        return moment


class Types(fields.Field):
    """Event types, joined by commas."""

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        types = tuple(dict.fromkeys(value.split(",")))
        if len(types) > MAX_TYPES or not all(map(catalogue.is_well_formed, types)):
            raise ValidationError(
                f"Must be up to {MAX_TYPES} event types, such as message.sent,task.created."
            )
        return types


class Who(fields.Field):
    """A user's id, or `me`."""

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> UUID | str:
        if value == ME:
            return ME
        if not UUID_FORM.fullmatch(value):
            raise ValidationError(f"Must be a user's id, or {ME}.")
        return UUID(value)


class Filters(Schema):
    """Which events; an unknown parameter is refused, so that a misspelt one is noticed."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar = {"unknown": "Unknown parameter."}

    types = Types(data_key="type", load_default=())
    user_id = Who(data_key="user", load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)

    @validates_schema
    def _check_window(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] >= data["until"]:
            raise ValidationError("Must be later than since.", "until")


class Paging(Filters):
    """Which events, and which page of them."""

    after = Whole(0, MAX_SEQ, load_default=None)
    before = Whole(1, MAX_SEQ, load_default=None)
    limit = Whole(1, MAX_LIMIT, load_default=DEFAULT_LIMIT)

    @validates_schema
    def _check_direction(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("after") is not None and data.get("before") is not None:
            raise ValidationError("Cannot be combined with after.", "before")


class Place(Schema):
    """Where in the log an event is."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar = Filters.error_messages

    seq = Whole(1, MAX_SEQ, load_default=None)


def asked(schema: Schema, access: Access) -> dict[str, Any]:
    """This request's parameters by their Python names; raises InvalidParameter naming every wrong one."""
    try:
        loaded = schema.load(_given())
    except ValidationError as error:
        errors = by_field(error)
        name, messages = next(iter(errors.items()))
        raise InvalidParameter(f"{name}: {messages[0]}", errors=errors) from None
    return {name: access.user_id if value == ME else value for name, value in loaded.items()}


def asked_page(access: Access) -> EventQuery:
    """The page of the workspace's events that this request asks for."""
    return EventQuery(workspace_id=access.workspace_id, **asked(Paging(), access))


def _given() -> dict[str, str]:
    """Each parameter once; only `type` may be repeated."""
    errors = {name: ["Give it once."] for name, values in request.args.lists() if len(values) > 1}
    errors.pop("type", None)
    if errors:
        raise ValidationError(errors)
    return {name: ",".join(values) for name, values in request.args.lists()}
