"""GET …/analytics/metrics: every metric there is, told from the registry; members only."""

import pytest
from posting import REALTIME

METRICS = REALTIME.replace("realtime", "metrics")


@pytest.fixture
def told(vera) -> dict[str, dict]:
    answer = vera.get(METRICS)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return {metric["name"]: metric for metric in answer.get_json()["data"]}


def test_it_tells_of_everything_that_the_snapshot_shows_in_its_order(told, vera):
    assert [*told, "timestamp"] == list(vera.get(REALTIME).get_json()["data"])


def test_a_metric_is_told_whole(told):
    assert told["onlineUsers"] == {
        "name": "onlineUsers",
        "unit": "users",
        "meaning": "Distinct users with an event in the last 5 minutes.",
        "window": "5m",
        "byKey": False,
        "overTime": "mean",
        "trend": "mean",
    }


def test_what_stands_for_a_stretch_of_time_is_told(told):
    assert {
        name: (metric["window"], metric["overTime"], metric["trend"]) for name, metric in told.items()
    } == {
        "activeUsers": ("today", "last", "max"),
        "onlineUsers": ("5m", "mean", "mean"),
        "activeSessions": ("30m", "mean", "mean"),
        "messagesLastHour": ("1h", "mean", "mean"),
        "messagesToday": ("today", "last", "sum"),
        "activeChannels": ("1h", "mean", "mean"),
        "activeOrchestrators": ("10m", "mean", "mean"),
        "tasksInProgress": ("now", "mean", "mean"),
        "eventCounts": ("today", "last", "sum"),
    }


def test_only_counts_by_type_have_keys(told):
    assert [name for name, metric in told.items() if metric["byKey"]] == ["eventCounts"]
