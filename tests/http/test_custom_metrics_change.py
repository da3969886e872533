"""PATCH, GET and DELETE …/analytics/custom-metrics/<name>."""

import pytest
from posting import post_batch
from servers import until

CUSTOM = "/api/workspaces/acme/analytics/custom-metrics"
ORDERS = {"name": "orders", "aggregate": "count", "types": ["order.placed"], "window": "1h"}


@pytest.fixture
def orders(olivia) -> str:
    answer = olivia.post(CUSTOM, json=ORDERS | {"title": "Orders", "unit": "orders"})
    assert answer.status_code == 201
    return f"{CUSTOM}/orders"


def test_omitted_fields_stay(olivia, orders):
    before = olivia.get(orders).get_json()["data"]
    answer = olivia.patch(orders, json={"window": "24h"})
    assert answer.status_code == 200
    data = answer.get_json()["data"]
    data_changed_at = data["changedAt"]
    assert data.pop("changedAt") >= before.pop("changedAt")
    assert data.pop("definitionChangedAt") == data_changed_at
    assert data.pop("meaning") == "The number of events of type order.placed, the last 24 hours."
    for name in ("meaning", "definitionChangedAt", "backfill"):
        del before[name]
    assert data.pop("backfill") == {"state": "running", "progress": 0.0, "reason": None}
    assert data == before | {"window": "24h"}


def test_new_title_keeps_the_metric(olivia, orders):
    before = counted(olivia, orders)
    data = olivia.patch(orders, json={"title": "All orders", "unit": ""}).get_json()["data"]
    assert data == before | {"title": "All orders", "unit": ""}


def counted(client, metric: str) -> dict:
    """The metric once it has been counted backwards, which its worker does by itself."""
    until(lambda: client.get(metric).get_json()["data"]["backfill"]["state"] == "done", "it is counted")
    return client.get(metric).get_json()["data"]


def test_counted_again_only_for_a_new_definition(olivia, mika, orders, sql):
    post_batch(mika, {"eventType": "order.placed"})
    first = counted(olivia, orders)
    assert (first["backfill"]["progress"], first["definitionChangedAt"]) == (1.0, None)
    for change in ({"title": "All"}, {"window": "1h"}, {"paused": True}, {"paused": False}):
        changed = olivia.patch(orders, json=change).get_json()["data"]
        assert (changed["backfill"], changed["definitionChangedAt"]) == (first["backfill"], None)
    redefined = olivia.patch(orders, json={"window": "24h"}).get_json()["data"]
    assert redefined["backfill"]["state"] == "running"
    assert counted(olivia, orders)["definitionChangedAt"] == redefined["changedAt"]


def test_resuming_tries_again_what_failed(olivia, orders, sql):
    counted(olivia, orders)
    sql("UPDATE custom_metrics SET backfill_state = 'failed', backfill_error = 'slow'")
    failed = olivia.get(orders).get_json()["data"]["backfill"]
    assert (failed["state"], failed["reason"]) == ("failed", "slow")
    olivia.patch(orders, json={"paused": False})
    assert counted(olivia, orders)["backfill"] == {"state": "done", "progress": 1.0, "reason": None}


def test_metric_of_the_version_before(olivia, orders, sql):
    counted(olivia, orders)
    sql(
        "UPDATE custom_metrics SET defined_at = NULL, backfill_state = NULL,"
        " backfill_from = NULL, backfill_to = NULL"
    )
    data = olivia.get(orders).get_json()["data"]
    assert data["backfill"] == {"state": "done", "progress": 1.0, "reason": None}
    assert olivia.patch(orders, json={"window": "5m"}).get_json()["data"]["backfill"]["state"] == "running"


def test_aggregate_needs_its_field(olivia, mika, orders):
    post_batch(mika, {"eventType": "order.placed", "eventData": {"total": 5}})
    alone = olivia.patch(orders, json={"aggregate": "sum"})
    assert list(alone.get_json()["errors"]) == ["field"]
    assert olivia.patch(orders, json={"aggregate": "sum", "field": "eventData.total"}).status_code == 200


def test_pause_and_resume(olivia, orders):
    paused = olivia.patch(orders, json={"paused": True}).get_json()["data"]
    assert (paused["paused"], paused["pausedBecause"]) == (True, "An admin paused it.")
    assert paused["pausedAt"]
    resumed = olivia.patch(orders, json={"paused": False}).get_json()["data"]
    assert (resumed["paused"], resumed["pausedAt"], resumed["pausedBecause"]) == (False, None, None)


def test_change_keeps_it_paused(olivia, orders):
    olivia.patch(orders, json={"paused": True})
    assert olivia.patch(orders, json={"window": "5m"}).get_json()["data"]["paused"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "other"}, "name"),
        ({"window": "1y"}, "window"),
        ({"paused": "yes"}, "paused"),
    ],
)
def test_error_names_the_field(olivia, orders, body, field):
    answer = olivia.patch(orders, json=body)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


def test_same_name_is_accepted(olivia, orders):
    assert olivia.patch(orders, json={"name": "orders", "window": "5m"}).status_code == 200


def test_delete(olivia, orders):
    assert olivia.delete(orders).status_code == 204
    for answer in (olivia.get(orders), olivia.delete(orders), olivia.patch(orders, json={"unit": "x"})):
        assert answer.status_code == 404
    assert olivia.get(CUSTOM).get_json() == {"data": []}


def test_changes_are_audited(olivia, orders):
    olivia.patch(orders, json={"paused": True})
    olivia.delete(orders)
    entries = olivia.get("/api/workspaces/acme/audit?limit=3").get_json()["data"]
    assert [(entry["action"], entry["details"]) for entry in entries] == [
        ("custom-metric.removed", {"name": "orders"}),
        (
            "custom-metric.changed",
            {"name": "orders", "paused": True, "before": {"paused": False}, "after": {"paused": True}},
        ),
        ("custom-metric.created", {"name": "orders"}),
    ]
    assert {entry["actor"]["name"] for entry in entries} == {"Olivia"}


def test_empty_change_is_not_audited(olivia, orders):
    metric = olivia.get(orders).get_json()["data"]
    same = {name: metric[name] for name in ("title", "unit", "where", "paused")}
    before = olivia.get("/api/workspaces/acme/audit").get_json()
    assert olivia.patch(orders, json=same).status_code == 200
    assert olivia.get("/api/workspaces/acme/audit").get_json() == before


@pytest.mark.parametrize("method", ["get", "delete"])
def test_impossible_name_is_404(olivia, method):
    assert getattr(olivia, method)(f"{CUSTOM}/a%00b").status_code == 404


def test_huge_number_can_be_paused(olivia, orders, sql):
    # Stored before such numbers were refused; jsonb gives it back as an integer of 309 digits.
    huge = '[{"field": "eventData.total", "op": "lt", "value": 1e308}]'
    sql(
        "UPDATE custom_metrics SET definition = jsonb_set(definition, '{where}', cast(:huge AS jsonb))",
        huge=huge,
    )
    paused = olivia.patch(orders, json={"paused": True})
    assert (paused.status_code, paused.get_json()["data"]["where"][0]["value"]) == (200, 10**308)
    assert olivia.patch(orders, json={"paused": False, "title": "Big"}).status_code == 200
    answer = olivia.patch(orders, json={"where": [{"field": "eventData.total", "op": "lt", "value": 1e307}]})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["where.0.value"])
