"""POST …/analytics/custom-metrics/preview: what a metric would say, before it is made."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from posting import post_batch
from sqlalchemy import text

from app.extensions import db

CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
PREVIEW = f"{CUSTOM}/preview"
BIG = {
    "aggregate": "count",
    "types": ["order.placed"],
    "where": [{"field": "eventData.total", "op": "gte", "value": 100}],
    "window": "1h",
}


def previewed(client, **changes) -> dict:
    answer = client.post(PREVIEW, json=BIG | changes)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]


@pytest.fixture
def orders(mika):
    post_batch(mika, *({"eventType": "order.placed", "eventData": {"total": n}} for n in (50, 100, 250.5)))


def test_value_points_cost(olivia, orders):
    answer = olivia.post(PREVIEW, json=BIG)
    data, meta = answer.get_json()["data"], answer.get_json()["meta"]
    assert data["meaning"] == (
        "The number of events of type order.placed whose eventData.total is at least 100, the last hour."
    )
    assert data["value"] == 2
    assert data["unseen"] == {"types": [], "fields": []}
    cost = data["cost"]
    assert (cost["limit"], cost["events"], cost["read"][0]["table"]) == (150_000, 3, "events")
    assert 0 < cost["planned"] < 150_000
    assert (meta["step"], meta["timezone"]) == ("15m", "UTC")
    starts = [datetime.fromisoformat(point["at"]) for point in data["points"]]
    assert len(starts) == 96
    assert {later - sooner for sooner, later in pairwise(starts)} == {timedelta(minutes=15)}
    # The log is young: what was before is not known, and the last point is of now.
    values = [point["value"] for point in data["points"]]
    assert (values[0], values[-1]) == (None, 2)


def test_points_are_those_of_the_past(olivia, mika):
    """Three orders of ten hours ago are no orders of the last hour, but were for an hour."""
    then = (datetime.now(UTC) - timedelta(hours=10)).isoformat()
    orders = ({"eventType": "order.placed", "eventData": {"total": n}} for n in (50, 100, 250.5))
    post_batch(mika, *(order | {"timestamp": then} for order in orders))
    values = [point["value"] for point in previewed(olivia)["points"]]
    assert (values[-1], values.count(2)) == (0, 4)
    assert values.count(None) in (54, 55, 56)  # of what was before the first event
    averages = previewed(olivia, aggregate="avg", field="eventData.total", where=[])["points"]
    assert [point["value"] for point in averages if point["value"] is not None] == [pytest.approx(133.5)] * 4


@pytest.mark.parametrize(
    ("changes", "types", "fields"),
    [
        ({}, [], []),
        ({"types": ["order.placd"]}, ["order.placd"], []),
        ({"types": ["order.placd", "order.placed"]}, ["order.placd"], []),
        ({"where": [BIG["where"][0] | {"field": "eventData.totl"}]}, [], ["eventData.totl"]),
        ({"aggregate": "sum", "field": "eventData.totl"}, [], ["eventData.totl"]),
        ({"aggregate": "countDistinct", "field": "userId"}, [], []),
        ({"types": [], "aggregate": "sum", "field": "eventData.deep.er"}, [], ["eventData.deep.er"]),
        ({"types": ["message.sent"]}, ["message.sent"], []),
    ],
)
def test_misspelt_is_never_seen(olivia, orders, changes, types, fields):
    assert previewed(olivia, **changes)["unseen"] == {"types": types, "fields": fields}


def test_seen_long_ago_is_seen(olivia, orders, sql):
    sql("UPDATE minute_counts SET minute = minute - interval '200 days'")
    assert previewed(olivia)["unseen"]["types"] == []


def test_nothing_is_stored(olivia, orders):
    before = olivia.get("/api/workspaces/acme/audit").get_json()
    previewed(olivia, name="bigOrders", title="Big orders", unit="orders")
    assert olivia.get(CUSTOM).get_json() == {"data": []}
    assert olivia.get("/api/workspaces/acme/audit").get_json() == before


def test_wrong_definition_names_its_field(olivia):
    answer = olivia.post(PREVIEW, json=BIG | {"aggregate": "sum", "field": "total"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["field"])


def test_slow_definition_is_too_costly(olivia, app):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        answer = olivia.post(PREVIEW, json=BIG)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "TOO_COSTLY")


def test_metric_may_be_called_preview(olivia):
    assert olivia.post(CUSTOM, json=BIG | {"name": "preview"}).status_code == 201
    assert olivia.get(PREVIEW).get_json()["data"]["name"] == "preview"
    assert olivia.delete(PREVIEW).status_code == 204
