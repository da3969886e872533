"""POST …/analytics/custom-metrics: a workspace's own metric, with its value at once."""

import pytest
from posting import post_batch
from sqlalchemy import text

from app.extensions import db

CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
ORDERS = {
    "name": "bigOrders",
    "title": "Big orders",
    "unit": "orders",
    "aggregate": "count",
    "types": ["order.placed"],
    "where": [{"field": "eventData.total", "op": "gte", "value": 100}],
    "window": "today",
}


def order(total: object, **more: object) -> dict:
    return {"eventType": "order.placed", "eventData": {"total": total, **more}}


def made(client, **definition) -> object:
    """The value of a metric that is made now."""
    answer = client.post(CUSTOM, json={"name": "it", "types": ["order.placed"], "window": "1h"} | definition)
    assert answer.status_code == 201, answer.text
    assert client.delete(f"{CUSTOM}/it").status_code == 204
    return answer.get_json()["data"]["value"]


def test_create_returns_value_and_meaning(olivia, mika):
    post_batch(mika, order(99), order(100), order(250.5))
    answer = olivia.post(CUSTOM, json=ORDERS)
    assert answer.status_code == 201
    data = answer.get_json()["data"]
    assert data.pop("createdAt")
    assert data.pop("changedAt")
    assert data == {
        **ORDERS,
        "field": None,
        "meaning": "The number of events of type order.placed whose eventData.total is at least 100, "
        "since local midnight.",
        "paused": False,
        "pausedAt": None,
        "pausedBecause": None,
        "value": 2,
    }
    assert olivia.get(f"{CUSTOM}/bigOrders").get_json()["data"]["meaning"] == data["meaning"]


@pytest.mark.parametrize(
    ("aggregate", "field", "value"),
    [
        ("count", None, 5),
        ("countDistinct", "userId", 1),
        ("countDistinct", "sessionId", 0),
        ("countDistinct", "eventData.to.city", 2),
        ("sum", "eventData.total", 61.5),
        ("avg", "eventData.total", 15.375),
        ("min", "eventData.total", 0.5),
        ("max", "eventData.total", 40),
        ("p95", "eventData.total", 40),
        ("sum", "eventData.nothing", 0),
        ("avg", "eventData.nothing", None),
    ],
)
def test_every_aggregate(olivia, mika, aggregate, field, value):
    post_batch(
        mika,
        order(1, to={"city": "Berlin"}),
        order(20, to={"city": "Rome"}),
        order(40, to={"city": "Berlin"}),
        order("12", to={"city": None}),
        order(0.5, to=["Rome"]),
    )
    assert made(olivia, aggregate=aggregate, field=field) == value


def test_p95_is_the_nearest_rank(olivia, mika):
    post_batch(mika, *map(order, range(1, 41)))
    assert made(olivia, aggregate="p95", field="eventData.total") == 38


def test_deleted_messages_do_not_count(olivia, mika):
    sent = {"eventType": "message.sent", "eventData": {"messageId": "m-1"}}
    other = {"eventType": "message.sent", "eventData": {"messageId": "m-2"}}
    post_batch(mika, sent, other, {"eventType": "message.deleted", "eventData": {"messageId": "m-1"}})
    for types in (["message.sent"], ["message.sent", "order.placed"]):
        assert made(olivia, aggregate="count", types=types) == 1
        assert made(olivia, aggregate="countDistinct", field="eventData.messageId", types=types) == 1
    assert made(olivia, aggregate="countDistinct", field="eventData.messageId", types=[]) == 2


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ({"op": "eq", "value": 1}, 2),
        ({"op": "eq", "value": "1"}, 1),
        ({"op": "eq", "value": True}, 1),
        ({"op": "ne", "value": 1}, 5),
        ({"op": "gt", "value": 1}, 1),
        ({"op": "gte", "value": 1}, 3),
        ({"op": "lt", "value": 1.5}, 2),
        ({"op": "lte", "value": 0}, 0),
        ({"op": "in", "value": [1, "1", "x"]}, 3),
        ({"op": "exists"}, 7),
        ({"op": "exists", "value": False}, 1),
    ],
)
def test_every_condition(olivia, mika, condition, value):
    post_batch(mika, *map(order, (1, 1.0, 2, "1", True, None, [1])), {"eventType": "order.placed"})
    where = [{"field": "eventData.total", **condition}]
    assert made(olivia, aggregate="count", where=where) == value


def test_all_conditions_must_hold(olivia, mika):
    post_batch(mika, order(10, city="Rome"), order(10, city="Berlin"), order(1, city="Rome"))
    where = [
        {"field": "eventData.total", "op": "gt", "value": 5},
        {"field": "eventData.city", "op": "eq", "value": "Rome"},
    ]
    assert made(olivia, aggregate="sum", field="eventData.total", where=where) == 10


def test_no_sql_injection(olivia, mika):
    hostile = "'; DROP TABLE events; -- %s %(p1)s \\ {0}"
    post_batch(mika, order(hostile), order("%"))
    where = [{"field": "eventData.total", "op": "in", "value": [hostile, "%"]}]
    assert made(olivia, aggregate="count", where=where) == 2


def test_duplicate_name(olivia):
    assert olivia.post(CUSTOM, json=ORDERS).status_code == 201
    answer = olivia.post(CUSTOM, json=ORDERS)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "ALREADY_EXISTS")


def test_at_most_twenty_metrics(olivia):
    for number in range(20):
        assert olivia.post(CUSTOM, json=ORDERS | {"name": f"n{number}"}).status_code == 201
    answer = olivia.post(CUSTOM, json=ORDERS | {"name": "n20"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_MANY_METRICS")
    assert len(olivia.get(CUSTOM).get_json()["data"]) == 20


@pytest.fixture
def no_price(app):
    """A lock under which the database can tell no metric's price."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        yield


TWENTY = """
    INSERT INTO custom_metrics (id, workspace_id, name, title, unit, definition, changed_at)
    SELECT gen_random_uuid(), id, 'n' || n, '', '', '{}', now()
    FROM workspaces, generate_series(1, 20) n WHERE slug = 'acme'
"""


def test_quota_is_checked_before_cost(olivia, sql, no_price):
    sql(TWENTY)
    full = olivia.post(CUSTOM, json=ORDERS)
    assert (full.status_code, full.get_json()["code"]) == (422, "TOO_MANY_METRICS")
    sql("DELETE FROM custom_metrics WHERE name <> 'n1'")
    taken = olivia.post(CUSTOM, json=ORDERS | {"name": "n1"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "ALREADY_EXISTS")
