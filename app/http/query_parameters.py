"""Query parameters: their kinds of fields, and strict parsing with one problem that names every wrong one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, ClassVar

from flask import Flask, current_app, request
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from app.domain import catalogue
from app.domain.field_errors import MAX_FIELDS
from app.domain.instants import is_timezone, midnight_of
from app.domain.strict_json import shown
from app.errors import Errors, InvalidParameter
from app.http.validation import StrictSchema, by_field

MAX_TYPES = 50
UNKNOWN = "Unknown parameter."
SPELLINGS = {"metric": "metrics", "metrics": "metric"}  # each stands for the other
_TYPE = catalogue.TYPE_FORM.pattern
YEARS = (1970, 2999)  # beyond, days cannot be added everywhere without leaving the calendar


class Whole(fields.Field[int]):
    """A whole number in decimal digits, and nothing else that int() would take."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any):
        super().__init__(**kwargs)
        self._lowest, self._highest = lowest, highest
        self.json_schema = {"type": "integer", "minimum": lowest, "maximum": highest}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,19}", value) or not self._lowest <= int(value) <= self._highest:
            raise ValidationError(f"Must be a whole number from {self._lowest} to {self._highest}.")
        return int(value)


class Moment(fields.Field[datetime]):
    """A date and time in ISO 8601, UTC if it does not say; or a date: its midnight in the answer's zone."""

    json_schema: ClassVar = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        assert isinstance(self.parent, Parameters)  # whose zone decides
        try:
            moment = _moment(value, self.parent.zone_of(data))
        except (ValueError, OverflowError):
            hint = " (In a URL, + is written %2B.)" if " " in value else ""
            raise ValidationError(
                f"Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z.{hint}"
            ) from None
        if not YEARS[0] <= moment.year <= YEARS[1]:
            raise ValidationError(f"Must lie in the years {YEARS[0]} to {YEARS[1]}.")
        return moment


class Types(fields.Field[tuple[str, ...]]):
    """Event types, joined by commas."""

    json_schema: ClassVar = {"type": "string", "pattern": f"^{_TYPE}(,{_TYPE})*$"}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:
        types = tuple(dict.fromkeys(value.split(",")))
        if len(types) > MAX_TYPES or not all(map(catalogue.is_well_formed, types)):
            raise ValidationError(
                f"Must be up to {MAX_TYPES} event types, such as message.sent,task.created."
            )
        return types


class Parameters(StrictSchema):
    """A request's query parameters; an unknown one is refused, so that a misspelt one is noticed.

    `zone` is where the days of the answer begin, unless the request names one as `tz`.
    """

    error_messages = {"unknown": UNKNOWN}  # noqa: RUF012  # marshmallow declares it for instances

    def __init__(self, *, zone: str = "UTC", **kwargs: Any):
        super().__init__(**kwargs)
        self._zone = zone

    def zone_of(self, given: Mapping[str, str]) -> str:
        """The zone in which a bare date of this request has its midnight."""
        wanted = given.get("tz", "") if "zone" in self.fields else ""
        return wanted if is_timezone(wanted) else self._zone  # a wrong `tz` is refused by its own field


def init_app(app: Flask) -> None:
    """Refuse unknown parameters on routes that take none, before their views run."""
    app.before_request(_refuse_unknown_parameters)


def loaded(
    schema: Schema, *, repeatable: Collection[str] = (), ignore_unknown: bool = False
) -> dict[str, Any]:
    """This request's parameters by their Python names; raises InvalidParameter naming every wrong one.

    A parameter is given once; a repeatable one reads as if its values had been joined by commas.
    """
    try:
        values: dict[str, Any] = schema.load(
            _given(schema, repeatable), unknown=EXCLUDE if ignore_unknown else RAISE
        )
    except ValidationError as error:
        raise _refusal({as_given(name): texts for name, texts in by_field(error).items()}) from None
    return values


def unknown_metric(name: str, known: Iterable[str], parameter: str = "metric") -> InvalidParameter:
    """The refusal of a metric that the workspace does not have."""
    return InvalidParameter(
        f"There is no metric called {shown(name)!r}.",
        errors={as_given(parameter): [f"Known: {', '.join(known)}."]},
    )


def as_given(parameter: str) -> str:
    """The spelling of a parameter that this request uses, for messages about it."""
    other = SPELLINGS.get(parameter)
    return other if other and other in request.args else parameter


def _moment(text: str, zone: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return midnight_of(day, zone)


def _given(schema: Schema, repeatable: Collection[str]) -> dict[str, str]:
    values_of = dict(request.args.lists())
    names = {field.data_key or name for name, field in schema.fields.items()}
    for name, other in SPELLINGS.items():
        if name in names and other in values_of:
            if name in values_of:
                raise ValidationError({other: [f"Give either {name} or {other}."]})
            values_of[name] = values_of.pop(other)
    errors = {
        name: ["Give it once."]
        for name, values in values_of.items()
        if name in names and len(values) > 1 and name not in repeatable
    }
    if errors:
        raise ValidationError(errors)
    return {name: ",".join(values) for name, values in values_of.items()}


def _refuse_unknown_parameters() -> None:
    # Probes and Prometheus' scrapes, outside /api/, may carry what their senders like; so may pages.
    if not request.environ.get("QUERY_STRING") or not request.path.startswith("/api/"):
        return
    view = current_app.view_functions.get(request.endpoint or "")
    about = getattr(view, "description", None)
    if about and not about.parameters and "text/html" not in about.answers and request.method != "OPTIONS":
        raise _refusal({shown(name): [UNKNOWN] for name in islice(request.args, MAX_FIELDS)})


def _refusal(errors: Errors) -> InvalidParameter:
    name, messages = next(iter(errors.items()))
    return InvalidParameter(f"{name}: {messages[0]}", errors=errors)
