"""The form of a custom metric: text fields become the API's definition, and a definition fills the form again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from app.dashboard.forms import PageForm
from app.domain.custom_metric import COUNT
from app.insights.custom.schema import DEFINITION, MAX_CONDITIONS, full_field

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
QUOTED = re.compile(r'".*"', re.DOTALL)
LIST_ITEM = re.compile(r'\s*"[^"]*"\s*(?=,|$)|[^,]+')
ABSENT = "absent"  # the form's word for `exists` with the value false
PARTS = ("field", "op", "value")
# A condition's fields are called what the API calls them in errors. One more condition than is allowed is read, so
# that too many are the schema's error.
CONDITION_FIELDS = tuple(f"where.{index}.{part}" for index in range(MAX_CONDITIONS + 1) for part in PARTS)
BUTTONS = ("edit", "act", "confirmed")
TEXT_FIELDS = ("name", "title", "aggregate", "field", "types", "window", "unit")
FIELDS = ("name", "title", "aggregate", "field", "types", *CONDITION_FIELDS, "where", "window", "unit")
EMPTY: Mapping[str, Sequence[str]] = {"aggregate": [COUNT], "window": ["today"]}


class ConditionRow(NamedTuple):
    """One condition as text in its three fields."""

    field: str = ""
    op: str = "gte"
    text: str = ""

    def to_json(self) -> dict[str, Json]:
        """The condition as the API expects it."""
        if self.op in ("exists", ABSENT):
            return {"field": self.field.strip(), "op": "exists", "value": self.op == "exists"}
        value: Json = parse_list(self.text) if self.op == "in" else parse_value(self.text)
        return {"field": self.field.strip(), "op": self.op, "value": value}


def submitted_form() -> PageForm:
    """The form of this POST, with each field under its full name: `total` is `eventData.total`."""
    form = PageForm.submitted(*FIELDS)
    rows = [row._replace(field=full_field(row.field.strip())) for row in rows_of(form)]
    texts = {name: form.values(name) for name in (*TEXT_FIELDS, *BUTTONS)}
    field = {"field": [full_field(form.value("field").strip())]}
    return PageForm(*FIELDS, values=texts | field | _row_values(rows, len(rows)))


def is_same_definition(form: PageForm, metric: Mapping[str, Json]) -> bool:
    """Whether the form of a metric would leave its definition as it is."""
    wanted = definition_of(form)
    return all(wanted[name] == metric[name] for name in DEFINITION)


def rows_of(form: PageForm) -> list[ConditionRow]:
    """The form's conditions as they were typed."""
    rows = [[form.values(f"where.{index}.{part}") for part in PARTS] for index in range(MAX_CONDITIONS + 1)]
    return [ConditionRow(*("".join(values[:1]) for values in row)) for row in rows if row[1]]


def with_rows(form: PageForm, rows: Sequence[ConditionRow]) -> PageForm:
    """The form as it was typed with other conditions."""
    texts = {field: form.values(field) for field in TEXT_FIELDS}
    return PageForm(*FIELDS, values=texts | _row_values(rows))


def values_of_metric(metric: Mapping[str, Json]) -> dict[str, list[str]]:
    """What the form of a metric holds; `metric` is as the API has it."""
    types, where = metric["types"], metric["where"]
    assert isinstance(types, list)
    assert isinstance(where, list)
    texts = {field: [str(metric[field] or "")] for field in TEXT_FIELDS}
    rows = [row_of_condition(condition) for condition in where if isinstance(condition, dict)]
    return texts | {"types": [", ".join(map(str, types))]} | _row_values(rows)


def definition_of(form: PageForm) -> dict[str, Json]:
    """The form as the API's JSON."""
    aggregate = form.value("aggregate")
    return {
        **{name: form.value(name).strip() for name in ("name", "title", "unit", "window")},
        "aggregate": aggregate,
        "field": None if aggregate == COUNT else form.value("field").strip(),
        "types": [*types_of(form)],
        "where": [row.to_json() for row in rows_of(form)],
    }


def types_of(form: PageForm) -> tuple[str, ...]:
    """The types of events between the commas."""
    return tuple(name for part in form.value("types").split(",") if (name := part.strip()))


def row_of_condition(condition: Mapping[str, Json]) -> ConditionRow:
    """A condition of the API as text."""
    field, op, value = str(condition["field"]), str(condition["op"]), condition["value"]
    if op == "exists":
        return ConditionRow(field, op if value else ABSENT)
    if isinstance(value, list):
        return ConditionRow(field, op, ", ".join(_item_text(item) for item in value))
    return ConditionRow(field, op, _text(value))


def parse_list(text: str) -> list[Json]:
    """Values between commas; a comma in quotes is part of a value."""
    return [parse_value(item) for item in LIST_ITEM.findall(text)]


def parse_value(text: str) -> Json:
    """A number, true, false, or text; in quotes it is always text."""
    bare = text.strip()
    if QUOTED.fullmatch(bare):
        return bare[1:-1]
    if bare in ("true", "false"):
        return bare == "true"
    if not NUMBER.fullmatch(bare):
        return bare
    try:
        return int(bare)
    except ValueError:  # a fraction, an exponent, or more digits than Python converts
        return float(bare)


def _row_values(rows: Sequence[ConditionRow], most: int = MAX_CONDITIONS) -> dict[str, list[str]]:
    return {
        f"where.{index}.{part}": [text]
        for index, row in enumerate(rows[:most])
        for part, text in zip(PARTS, row, strict=True)
    }


def _text(value: Json) -> str:
    """Text that would be parsed as another value is quoted."""
    if not isinstance(value, str):
        return json.dumps(value)
    return value if repr(parse_value(value)) == repr(value) else f'"{value}"'


def _item_text(value: Json) -> str:
    is_ambiguous = isinstance(value, str) and ("," in value or not value)
    return f'"{value}"' if is_ambiguous else _text(value)
