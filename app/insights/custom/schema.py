"""Validation of custom metrics: the schemas of a new metric and of a change."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Length, OneOf, Regexp

from app.domain import catalogue
from app.domain.custom_metric import (
    AGGREGATES,
    COMPARISONS,
    COUNT,
    DATA,
    DISTINCT,
    NUMERIC_AGGREGATES,
    OPERATORS,
    SESSION,
    USER,
    WINDOWS,
)
from app.errors import InvalidInput
from app.http.validation import ShortList, StrictSchema, json_object, load_body, load_values

NAME = re.compile(r"[a-z][A-Za-z0-9]{0,39}\Z", re.ASCII)  # as the built-in ones are named
FIELD = re.compile(rf"{re.escape(DATA)}\w[\w-]{{0,63}}(\.\w[\w-]{{0,63}}){{0,4}}\Z")
MAX_TYPES, MAX_CONDITIONS, MAX_VALUES = 20, 5, 50
MAX_TEXT_LENGTH = 200
FIELD_FORM = (
    "Must be a field of eventData, such as eventData.order.total: up to 5 names of letters, digits, _ and -, "
    "each at most 64 characters."
)
DEFINITION = ("aggregate", "field", "types", "where", "window")
KEPT = ("name", "title", "unit", *DEFINITION)  # unless a change has them


def _one_of(names: Any) -> OneOf:
    return OneOf(tuple(names), error=f"Must be one of: {', '.join(names)}.")


def _single_line(max_length: int) -> fields.String:
    return fields.String(validate=lambda text: _check_line(text, max_length))


def _check_line(text: str, max_length: int) -> None:
    if len(text) > max_length or not text.isprintable():
        raise ValidationError(f"Must be at most {max_length} visible characters.")


class ConditionSchema(StrictSchema):
    """`{"field", "op", "value"}`; the value of `exists` is optional and true by default."""

    field = fields.String(required=True, validate=Regexp(FIELD, error=FIELD_FORM))
    op = fields.String(required=True, validate=_one_of(OPERATORS))
    value = fields.Raw(required=True)

    @pre_load
    def _fill_in(self, data: Any, **kwargs: Any) -> Any:
        is_bare = isinstance(data, dict) and data.get("op") == "exists" and "value" not in data
        return data | {"value": True} if is_bare else data

    @validates_schema
    def _check_value(self, data: dict[str, Any], **kwargs: Any) -> None:
        op, value = data.get("op"), data.get("value")
        if op == "exists" and not isinstance(value, bool):
            raise ValidationError("Must be true or false.", "value")
        if op in COMPARISONS and not _is_number(value):
            raise ValidationError("Must be a number.", "value")
        if op in ("eq", "ne") and not _is_scalar(value):
            raise ValidationError(_SCALAR, "value")
        if op == "in" and not (
            isinstance(value, list) and 1 <= len(value) <= MAX_VALUES and all(map(_is_scalar, value))
        ):
            raise ValidationError(f"Must be a list of 1 to {MAX_VALUES} values. Each: {_SCALAR}", "value")


class MetricSchema(StrictSchema):
    """The body of a POST of a custom metric."""

    name = fields.String(
        required=True,
        validate=Regexp(
            NAME, error="Must be 1 to 40 letters and digits, a small letter first, such as bigOrders."
        ),
    )
    title = _single_line(100)
    unit = _single_line(20)
    aggregate = fields.String(required=True, validate=_one_of(AGGREGATES))
    field = fields.String(load_default=None, allow_none=True)
    types = ShortList(
        fields.String(),
        load_default=list,
        validate=Length(max=MAX_TYPES, error=f"Must be at most {MAX_TYPES} types."),
    )
    where = ShortList(
        fields.Nested(ConditionSchema),
        load_default=list,
        validate=Length(max=MAX_CONDITIONS, error=f"Must be at most {MAX_CONDITIONS} conditions."),
    )
    window = fields.String(required=True, validate=_one_of(WINDOWS))

    @validates_schema
    def _check_types(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not all(map(catalogue.is_well_formed, data.get("types", ()))):
            raise ValidationError("Must be event types, such as order.placed.", "types")

    @validates_schema
    def _check_field(self, data: dict[str, Any], **kwargs: Any) -> None:
        aggregate, field = data.get("aggregate"), data.get("field")
        is_data = field is not None and FIELD.match(field) is not None
        if aggregate == COUNT and field is not None:
            raise ValidationError("A count is of events, not of a field.", "field")
        if aggregate == DISTINCT and not (is_data or field in (USER, SESSION)):
            raise ValidationError(f"Must be {USER}, {SESSION}, or a field. {FIELD_FORM}", "field")
        if aggregate in NUMERIC_AGGREGATES and not is_data:
            raise ValidationError(FIELD_FORM, "field")


class ChangeSchema(MetricSchema):
    """The body of a PATCH; omitted fields stay as they are."""

    paused = fields.Boolean(
        truthy={True}, falsy={False}, error_messages={"invalid": "Must be true or false."}
    )


def load_new_metric(body: object) -> dict[str, Any]:
    """`name`, `title`, `unit` and `definition` for the table; raises InvalidInput with an error for each field."""
    return _split_definition(load_body(MetricSchema, body))


def load_change(body: object, present: dict[str, Any]) -> dict[str, Any]:
    """`title`, `unit` and `definition` after the change, and `paused` if given; raises InvalidInput.

    `present` is the metric as the API has it. Its name cannot change, because its history is stored under it.
    """
    # Only the body is checked for unstorable numbers: a stored one from before that check must not block a change.
    changes = json_object(body)
    if changes.get("name", present["name"]) != present["name"]:
        raise InvalidInput(errors={"name": ["A metric keeps its name: make another one instead."]})
    loaded = load_values(ChangeSchema(), {name: present[name] for name in KEPT} | dict(changes))
    paused = {"paused": loaded.pop("paused")} if "paused" in loaded else {}
    return _split_definition(loaded) | paused


def _split_definition(loaded: dict[str, Any]) -> dict[str, Any]:
    definition = {name: loaded.pop(name) for name in DEFINITION}
    definition["types"] = list(dict.fromkeys(definition["types"]))
    return {"title": "", "unit": ""} | loaded | {"definition": definition}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_scalar(value: object) -> bool:
    return isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) <= MAX_TEXT_LENGTH)


_SCALAR = f"Must be a text of at most {MAX_TEXT_LENGTH} characters, a number, true or false."
