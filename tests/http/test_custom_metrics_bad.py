"""POST …/analytics/custom-metrics with something wrong: 422, at its field."""

import pytest

CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
GOOD = {"name": "bigOrders", "aggregate": "count", "types": ["order.placed"], "window": "1h"}
FIELD = (
    "Write the field as eventData.total: up to 5 names with dots between, "
    "each of up to 64 letters, digits, _ and -."
)
NAME = "Write the name in letters and digits, a small letter first and at most 40 in all, such as {}."
SCALAR = "Must be a text of at most 200 characters, a number, true or false."
LIST = f"Must be a list of 1 to 50 values. Each: {SCALAR}"


def condition(**changes):
    return {"where": [{"field": "eventData.total", "op": "eq", "value": 1} | changes]}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": "Big"}, "name", NAME.format("big")),
        ({"name": "Big Orders, over 100!"}, "name", NAME.format("bigOrdersOver100")),
        ({"name": "a" * 41}, "name", NAME.format("a" * 40)),
        ({"name": "é"}, "name", NAME.format("bigOrders")),
        ({"name": ""}, "name", NAME.format("bigOrders")),
        ({"title": "x" * 101}, "title", "Must be at most 100 visible characters."),
        ({"unit": "a\nb"}, "unit", "Must be at most 20 visible characters."),
        ({"window": "30d"}, "window", "Must be one of: 5m, 1h, today, 24h, 7d."),
        (
            {"aggregate": "median"},
            "aggregate",
            "Must be one of: count, countDistinct, sum, avg, min, max, p95.",
        ),
        ({"field": "eventData.total"}, "field", "A count is of events, not of a field."),
        ({"aggregate": "sum"}, "field", FIELD),
        ({"aggregate": "sum", "field": "total"}, "field", "Write the field as eventData.total."),
        ({"aggregate": "sum", "field": "a.b"}, "field", "Write the field as eventData.a.b."),
        ({"aggregate": "sum", "field": "userId"}, "field", FIELD),
        ({"aggregate": "sum", "field": "eventData."}, "field", FIELD),
        ({"aggregate": "sum", "field": "eventData.a.b.c.d.e.f"}, "field", FIELD),
        ({"aggregate": "sum", "field": "eventData." + "x" * 65}, "field", FIELD),
        ({"aggregate": "sum", "field": "eventData.a\n"}, "field", FIELD),
        (
            {"aggregate": "countDistinct", "field": "seq"},
            "field",
            "Write the field as eventData.seq. It may be userId or sessionId, too.",
        ),
        (
            {"types": ["Order"]},
            "types",
            "Write types in small letters with a dot between, such as order.placed.",
        ),
        ({"types": [f"a.b{n}" for n in range(21)]}, "types", "Must be at most 20 types."),
        ({"types": "order.placed"}, "types", "Not a valid list."),
        ({"where": condition()["where"] * 6}, "where", "Must be at most 5 conditions."),
        (condition(field="userId"), "where.0.field", FIELD),
        (condition(field="total"), "where.0.field", "Write the field as eventData.total."),
        (condition(op="like"), "where.0.op", "Must be one of: eq, ne, lt, lte, gt, gte, exists, in."),
        (condition(op="lt", value="1"), "where.0.value", "Write a number, such as 100."),
        (condition(op="gte", value=True), "where.0.value", "Write a number, such as 100."),
        (condition(value=None), "where.0.value", "Field may not be null."),
        (condition(value={}), "where.0.value", SCALAR),
        (condition(value="x" * 201), "where.0.value", SCALAR),
        (condition(op="exists", value=1), "where.0.value", "Must be true or false."),
        (condition(op="in", value=[]), "where.0.value", LIST),
        (condition(op="in", value=[None]), "where.0.value", LIST),
        (condition(value="a\0"), "where.0.value", "The text must not contain the null character (\\u0000)."),
        (condition(value=float("nan")), "where.0.value", "Must be a finite number."),
        (condition(or_=[]), "where.0.or_", "Unknown field."),
        ({"paused": True}, "paused", "Unknown field."),
    ],
)
def test_error_names_the_field(olivia, changes, field, message):
    answer = olivia.post(CUSTOM, json=GOOD | changes)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_INPUT")
    assert answer.get_json()["errors"] == {field: [message]}


@pytest.mark.parametrize("missing", ["name", "aggregate", "window"])
def test_missing_field(olivia, missing):
    answer = olivia.post(CUSTOM, json={name: value for name, value in GOOD.items() if name != missing})
    assert list(answer.get_json()["errors"]) == [missing]


def test_invalid_metric_is_not_stored(olivia):
    olivia.post(CUSTOM, json=GOOD | {"window": "30d"})
    assert olivia.get(CUSTOM).get_json() == {"data": []}
