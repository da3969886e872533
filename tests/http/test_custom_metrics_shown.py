"""A custom metric appears wherever the built-in ones do."""

from datetime import UTC, datetime, timedelta

import pytest
from posting import REALTIME, post_batch
from servers import until

ANALYTICS = "/api/workspaces/acme/analytics"
CUSTOM = f"{ANALYTICS}/custom-metrics"
ORDERS = {
    "name": "orders",
    "unit": "orders",
    "aggregate": "count",
    "types": ["order.placed"],
    "window": "today",
}


@pytest.fixture(autouse=True)
def orders(olivia, mika):
    post_batch(mika, {"eventType": "order.placed"}, {"eventType": "order.placed"})
    assert olivia.post(CUSTOM, json=ORDERS).status_code == 201


def test_in_snapshot(vera):
    assert vera.get(REALTIME).get_json()["data"]["custom"] == {"orders": 2}


def test_selected_alone(vera):
    data = vera.get(f"{REALTIME}?metrics=custom").get_json()["data"]
    assert data.pop("timestamp")
    assert data == {"custom": {"orders": 2}}


def test_absent_from_other_selections(vera):
    assert "custom" not in vera.get(f"{REALTIME}?metrics=onlineUsers").get_json()["data"]


def test_in_metric_list(vera):
    assert vera.get(f"{ANALYTICS}/metrics").get_json()["data"][-1] == {
        "name": "custom.orders",
        "title": "",
        "unit": "orders",
        "meaning": "The number of events of type order.placed, since local midnight.",
        "window": "today",
        "byKey": False,
        "kind": "amount",
        "overTime": "last",
        "trend": "max",
    }


def test_in_history(vera):
    [series] = vera.get(f"{ANALYTICS}/history?metric=custom.orders").get_json()["data"]["series"]
    assert (series["metric"], series["unit"], series["overTime"]) == ("custom.orders", "orders", "last")
    assert vera.get(f"{ANALYTICS}/history?metric=custom.nothing").status_code == 400


def test_history_marks_a_change_of_definition(olivia, vera):
    def mark():
        [series] = vera.get(f"{ANALYTICS}/history?metric=custom.orders").get_json()["data"]["series"]
        return series.get("definitionChangedAt")

    assert mark() is None
    changed = olivia.patch(f"{CUSTOM}/orders", json={"window": "1h"}).get_json()["data"]
    assert mark() == changed["definitionChangedAt"] == changed["changedAt"]


def test_history_of_before_it_was_made(olivia, vera, mika):
    """An hour and a half before, two orders were late: ten minutes ago, it says what it would have said then."""
    then = datetime.now(UTC) - timedelta(minutes=90)
    late = {"eventType": "order.paid", "timestamp": then.isoformat()}
    post_batch(mika, late, late)
    paid = ORDERS | {"name": "paid", "types": ["order.paid"], "window": "1h"}
    assert olivia.post(CUSTOM, json=paid).status_code == 201
    counted = f"{CUSTOM}/paid"
    until(lambda: vera.get(counted).get_json()["data"]["backfill"]["state"] == "done", "it is counted")
    answer = vera.get(f"{ANALYTICS}/history?metric=custom.paid&step=1m").get_json()["data"]
    by_minute = dict(zip(answer["at"], answer["series"][0]["value"], strict=True))

    def at(minutes: int):
        moment = (then + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
        return by_minute[moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")]

    assert [at(minutes) for minutes in (-2, 2, 58, 62)] == [None, 2, 2, 0]


def test_not_in_other_workspaces(oscar):
    elsewhere = ANALYTICS.replace("acme", "elsewhere")
    assert "custom" not in oscar.get(f"{elsewhere}/realtime").get_json()["data"]
    assert oscar.get(f"{elsewhere}/history?metric=custom.orders").status_code == 400
    assert oscar.get(f"{elsewhere}/custom-metrics/orders").status_code == 404


def test_in_trends(vera):
    answer = vera.get(f"{ANALYTICS}/trends?metric=custom.orders&period=day")
    assert answer.status_code == 200, answer.text


def test_compared_with_yesterday(vera):
    data = vera.get(f"{REALTIME}?metrics=custom&compare=1").get_json()["data"]
    assert data["custom"] == {"orders": 2}
    assert data["compare"]["custom.orders"]["yesterday"]["value"] is None
