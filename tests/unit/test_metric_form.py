"""The form of a metric: its text becomes a definition, and a definition becomes the same text again."""

import pytest

from app.dashboard.forms import PageForm
from app.dashboard.metric_form import (
    FIELDS,
    ConditionRow,
    definition_of,
    parse_list,
    parse_value,
    row_of_condition,
    rows_of,
    values_of_metric,
    with_rows,
)

VALUES = {
    "name": [" n "],
    "aggregate": ["count"],
    "field": ["x"],
    "types": [" a.b, ,c.d "],
    "window": ["1h"],
    "where.0.field": ["eventData.a"],
    "where.0.op": ["gt"],
    "where.0.value": ["5"],
}
METRIC = {
    "name": "n",
    "title": "",
    "unit": "",
    "aggregate": "count",
    "field": None,
    "types": ["a.b", "c.d"],
    "where": [{"field": "eventData.a", "op": "gt", "value": 5}],
    "window": "1h",
}


def test_form_becomes_a_definition_and_back():
    assert definition_of(PageForm(*FIELDS, values=VALUES)) == METRIC
    assert definition_of(PageForm(*FIELDS, values=values_of_metric(METRIC))) == METRIC


def test_conditions_are_replaced():
    form = PageForm(*FIELDS, values=VALUES)
    [row] = rows_of(form)
    more = with_rows(form, [ConditionRow(), row])
    assert rows_of(more) == [ConditionRow(), row]
    assert more.value("types") == " a.b, ,c.d "
    assert len(rows_of(with_rows(form, [row] * 6))) == 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1.5e3", -1500.0),
        (" 2.5 ", 2.5),
        ("true", True),
        ('"1"', "1"),
        ('""', ""),
        ("1 a", "1 a"),
        ("", ""),
        ('"', '"'),
        ("٣", "٣"),
        ("9" * 5000, float("inf")),
    ],
)
def test_condition_value_is_parsed(text, value):
    assert (parse_value(text), type(parse_value(text))) == (value, type(value))


def test_list_is_split_at_commas():
    assert parse_list('a, 1,"2", "b,c"') == ["a", 1, "2", "b,c"]
    assert parse_list("") == []


@pytest.mark.parametrize("op", ["exists", "absent"])
def test_exists_has_no_value(op):
    condition = {"field": "f", "op": "exists", "value": op == "exists"}
    assert ConditionRow("f", op, "x").to_json() == condition
    assert row_of_condition(condition) == ConditionRow("f", op)


@pytest.mark.parametrize(
    "value", [1, -0.5, "a", "1", "true", True, False, "", " a ", [1, "1", "x"], ["a,b", "", True]], ids=repr
)
def test_condition_round_trip(value):
    condition = {"field": "f", "op": "in" if isinstance(value, list) else "ne", "value": value}
    assert row_of_condition(condition).to_json() == condition
