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
        "definitionChangedAt": None,
        "backfill": {"state": "running", "progress": 0.0, "reason": None},
        "paused": False,
        "pausedAt": None,
        "pausedBecause": None,
        "value": 2,
    }
    assert olivia.get(f"{CUSTOM}/bigOrders").get_json()["data"]["meaning"] == data["meaning"]


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
