"""Validation of custom metrics: the schemas of a new metric and of a change."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Length, OneOf

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
    "Write the field as {}: up to 5 names with dots between, each of up to 64 letters, digits, _ and -."
)
NAME_FORM = "Write the name in letters and digits, a small letter first and at most 40 in all, such as {}."
WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)
DEFINITION = ("aggregate", "field", "types", "where", "window")
KEPT = ("name", "title", "unit", *DEFINITION)  # unless a change has them


def _one_of(names: Any) -> OneOf:
    return OneOf(tuple(names), error=f"Must be one of: {', '.join(names)}.")


def _single_line(max_length: int) -> fields.String:
    return fields.String(validate=lambda text: _check_line(text, max_length))


def _check_line(text: str, max_length: int) -> None:
    if len(text) > max_length or not text.isprintable():
        raise ValidationError(f"Must be at most {max_length} visible characters.")


def full_field(name: str) -> str:
    """The field as it was meant: `total` is `eventData.total`. What cannot be one stays as it is."""
    is_short = name not in (USER, SESSION) and not name.startswith(DATA) and FIELD.match(f"{DATA}{name}")
    return f"{DATA}{name}" if is_short else name


def _check_field_name(name: str) -> None:
    if not FIELD.match(name):
        raise ValidationError(_field_form(name))


def _field_form(name: str) -> str:
    """What to write instead; of what lacks nothing but its beginning, that alone."""
    meant = full_field(name)
    return FIELD_FORM.format("eventData.total") if meant == name else f"Write the field as {meant}."


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise ValidationError(NAME_FORM.format(_similar_name(name)))


def _similar_name(name: str) -> str:
    """A name that may be used: `Big Orders` could be `bigOrders`."""
    first, *others = WORD.findall(name) or [""]
    similar = first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in others)
    return similar[:40] if NAME.match(similar[:40]) else "bigOrders"


class ConditionSchema(StrictSchema):
    """`{"field", "op", "value"}`; the value of `exists` is optional and true by default."""

    field = fields.String(required=True, validate=lambda field: _check_field_name(field))
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
            raise ValidationError("Write a number, such as 100.", "value")
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
        validate=lambda name: _check_name(name),
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
            raise ValidationError(
                "Write types in small letters with a dot between, such as order.placed.", "types"
            )

    @validates_schema
    def _check_field(self, data: dict[str, Any], **kwargs: Any) -> None:
        aggregate, field = data.get("aggregate"), data.get("field")
        is_data = field is not None and FIELD.match(field) is not None
        if aggregate == COUNT and field is not None:
            raise ValidationError("A count is of events, not of a field.", "field")
        if aggregate == DISTINCT and not (is_data or field in (USER, SESSION)):
            raise ValidationError(f"{_field_form(field or '')} It may be {USER} or {SESSION}, too.", "field")
        if aggregate in NUMERIC_AGGREGATES and not is_data:
            raise ValidationError(_field_form(field or ""), "field")


class PreviewSchema(MetricSchema):
    """The body of a preview: that of a POST, whose name may still be missing or wrong."""

    name = fields.String()


class ChangeSchema(MetricSchema):
    """The body of a PATCH; omitted fields stay as they are."""

    paused = fields.Boolean(
        truthy={True}, falsy={False}, error_messages={"invalid": "Must be true or false."}
    )


def load_new_metric(body: object) -> dict[str, Any]:
    """`name`, `title`, `unit` and `definition` for the table; raises InvalidInput with an error for each field."""
    return _split_definition(load_body(MetricSchema, body))


def load_definition(body: object) -> dict[str, Any]:
    """The definition alone; raises InvalidInput with an error for each field."""
    definition: dict[str, Any] = _split_definition(load_body(PreviewSchema, body))["definition"]
    return definition


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
