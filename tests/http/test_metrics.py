"""GET …/analytics/metrics: every metric there is, document from the registry; members only."""

import pytest
from posting import REALTIME

METRICS = REALTIME.replace("realtime", "metrics")


@pytest.fixture
def document(vera) -> dict[str, dict]:
    answer = vera.get(METRICS)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return {metric["name"]: metric for metric in answer.get_json()["data"]}


def test_lists_metrics_in_snapshot_order(document, vera):
    assert [*document, "timestamp"] == list(vera.get(REALTIME).get_json()["data"])


def test_metric_has_all_fields(document):
    assert document["onlineUsers"] == {
        "name": "onlineUsers",
        "unit": "users",
        "meaning": "Distinct users with an event in the last 5 minutes.",
        "window": "5m",
        "byKey": False,
        "kind": "level",
        "overTime": "mean",
        "trend": "mean",
    }


def test_metric_of_a_time_range(document):
    assert {
        name: (metric["window"], metric["kind"], metric["overTime"], metric["trend"])
        for name, metric in document.items()
    } == {
        "activeUsers": ("today", "amount", "last", "max"),
        "onlineUsers": ("5m", "level", "mean", "mean"),
        "activeSessions": ("30m", "level", "mean", "mean"),
        "messagesLastHour": ("1h", "amount", "last", "max"),
        "messagesToday": ("today", "amount", "last", "sum"),
        "activeChannels": ("1h", "level", "mean", "mean"),
        "activeOrchestrators": ("10m", "level", "mean", "mean"),
        "tasksInProgress": ("now", "level", "mean", "mean"),
        "eventCounts": ("today", "amount", "last", "sum"),
    }


def test_only_counts_by_type_have_keys(document):
    assert [name for name, metric in document.items() if metric["byKey"]] == ["eventCounts"]
