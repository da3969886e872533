"""Query parameters, read strictly: what kinds there are, and one answer that names every wrong one."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask import request
from marshmallow import RAISE, Schema, ValidationError, fields

from app.domain import catalogue
from app.errors import InvalidParameter
from app.validation import by_field

MAX_TYPES = 50
_TYPE = catalogue.TYPE_FORM.pattern
YEARS = (1970, 2999)  # beyond, days cannot be added everywhere without leaving the calendar


class Whole(fields.Field):
    """A whole number in decimal digits, and nothing else that int() would take."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any):
        super().__init__(**kwargs)
        self._lowest, self._highest = lowest, highest
        self.json_schema = {"type": "integer", "minimum": lowest, "maximum": highest}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", value) or not self._lowest <= int(value) <= self._highest:
            raise ValidationError(f"Must be a whole number from {self._lowest} to {self._highest}.")
        return int(value)


class Moment(fields.Field):
    """A date and time in ISO 8601, UTC if it does not say; or a date, meaning its midnight in UTC."""

    json_schema: ClassVar = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}

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

    json_schema: ClassVar = {"type": "string", "pattern": f"^{_TYPE}(,{_TYPE})*$"}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        types = tuple(dict.fromkeys(value.split(",")))
        if len(types) > MAX_TYPES or not all(map(catalogue.is_well_formed, types)):
            raise ValidationError(
                f"Must be up to {MAX_TYPES} event types, such as message.sent,task.created."
            )
        return types


class Parameters(Schema):
    """A request's query parameters; an unknown one is refused, so that a misspelt one is noticed."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar = {"unknown": "Unknown parameter."}


def loaded(schema: Schema, *, repeatable: Collection[str] = ()) -> dict[str, Any]:
    """This request's parameters by their Python names; raises InvalidParameter naming every wrong one.

    A parameter is given once; a repeatable one reads as if its values had been joined by commas.
    """
    try:
        return schema.load(_given(repeatable))
    except ValidationError as error:
        errors = by_field(error)
        name, messages = next(iter(errors.items()))
        raise InvalidParameter(f"{name}: {messages[0]}", errors=errors) from None


def _given(repeatable: Collection[str]) -> dict[str, str]:
    values_of = dict(request.args.lists())
    errors = {
        name: ["Give it once."]
        for name, values in values_of.items()
        if len(values) > 1 and name not in repeatable
    }
    if errors:
        raise ValidationError(errors)
    return {name: ",".join(values) for name, values in values_of.items()}
