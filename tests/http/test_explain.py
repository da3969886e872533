"""GET …/analytics/explain: why a figure is what it is."""

import pytest
from posting import ago, post_batch

from app.insights.metrics.registry import METRICS

ANALYTICS = "/api/workspaces/acme/analytics"
EXPLAIN = f"{ANALYTICS}/explain"
SENT = {"eventType": "message.sent", "eventData": {"messageId": "m-1", "channelId": "general"}}


def explained(client, metric: str) -> dict:
    answer = client.get(f"{EXPLAIN}?metric={metric}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()["data"]


def ids(data: dict) -> list[str]:
    return [event["eventId"] for event in data["events"]]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_of_an_empty_log(vera, metric):
    data = explained(vera, metric)
    assert (data["metric"], data["meaning"]) == (metric, METRICS[metric].meaning)
    assert data["value"] in (0, {})
    assert (data["events"], data["eventsAreAll"]) == ([], True)


def test_window_has_exact_bounds(vera, mika, sql):
    sql("UPDATE workspaces SET timezone = 'Asia/Kolkata' WHERE slug = 'acme'")
    answer = vera.get(f"{EXPLAIN}?metric=activeUsers").get_json()
    window = answer["data"]["window"]
    assert window["since"].endswith("T18:30:00.000Z")
    assert window.pop("since") <= window["until"] == answer["meta"]["timestamp"]
    del window["until"]
    assert window == {
        "name": "today",
        "words": "since local midnight",
        "sinceIsIncluded": True,
        "timezone": "Asia/Kolkata",
    }


def test_value_is_that_of_the_tick(vera, mika):
    post_batch(mika, SENT)
    answer = vera.get(f"{EXPLAIN}?metric=onlineUsers").get_json()
    assert (answer["data"]["value"], answer["data"]["stale"]) == (1, None)
    assert answer["meta"]["ageSeconds"] >= 0
    assert answer["meta"]["lastEventId"].endswith("-1")


def test_source_lists_the_tables_read(vera, mika):
    old = SENT | {"timestamp": ago(minutes=30)}
    post_batch(mika, old, old | {"eventType": "vp.message.sent"})
    source = explained(vera, "messagesLastHour")["source"]
    assert source["from"] == "postgresql"
    # How many rows of it is up to PostgreSQL: tables this small it may well read from end to end.
    tables = ["minute_counts", "events", "message_deletions"]
    assert [part["table"] for part in source["read"]] == tables
    assert source["read"][0]["rows"] >= 1
    assert source["words"] == "; ".join(part["words"] for part in source["read"])
    assert source["words"].startswith("sums of each minute, kept for each type of event")
    assert [part["table"] for part in explained(vera, "onlineUsers")["source"]["read"]] == ["user_presence"]


def test_source_is_redis_if_exact(vera, mika):
    post_batch(mika, SENT)
    explained(vera, "eventCounts")
    assert explained(vera, "eventCounts")["source"]["from"] == "redis"


def test_latest_ten_events_are_listed(vera, mika, cast):
    events = [SENT | {"eventId": f"e-{n}", "eventData": {"messageId": f"m-{n}"}} for n in range(12)]
    post_batch(mika, *events, {"eventType": "user.active"})
    post_batch(mika, {"eventType": "message.deleted", "eventData": {"messageId": "m-11"}})
    data = explained(vera, "messagesLastHour")
    assert data["value"] == 11
    assert ids(data) == [f"e-{n}" for n in range(10, 0, -1)]
    assert data["eventsAreAll"] is True
    assert data["events"][0] | {"timestamp": ""} == {
        "seq": 11,
        "eventId": "e-10",
        "eventType": "message.sent",
        "userId": str(cast["mika"]),
        "timestamp": "",
    }


@pytest.mark.parametrize(
    ("metric", "counting", "others"),
    [
        ("activeSessions", [{"eventType": "user.active", "sessionId": "s"}], [{"eventType": "user.active"}]),
        (
            "activeChannels",
            [SENT],
            [
                {"eventType": "message.sent", "eventData": {"channelId": "old"}},
                {"eventType": "channel.archived", "eventData": {"channelId": "old"}},
            ],
        ),
        (
            "activeOrchestrators",
            [{"eventType": "orchestrator.busy", "eventData": {"orchestratorId": "o-2"}}],
            [
                {"eventType": "orchestrator.online", "eventData": {"orchestratorId": "o-1"}},
                {"eventType": "orchestrator.offline", "eventData": {"orchestratorId": "o-1"}},
            ],
        ),
        (
            "tasksInProgress",
            [{"eventType": "task.created", "eventData": {"taskId": "t-2"}}],
            [
                {"eventType": "task.created", "eventData": {"taskId": "t-1"}},
                {"eventType": "task.completed", "eventData": {"taskId": "t-1"}},
            ],
        ),
        (
            "onlineUsers",
            [{"eventType": "user.active"}],
            [{"eventType": "user.active", "timestamp": ago(minutes=6)}],
        ),
    ],
)
def test_listed_events_are_those_that_count(vera, mika, metric, counting, others):
    post_batch(mika, *[event | {"eventId": f"counts-{n}"} for n, event in enumerate(counting)], *others)
    data = explained(vera, metric)
    assert data["value"] == len(counting)
    assert ids(data) == [f"counts-{n}" for n in range(len(counting))]


def test_custom_metric_is_explained(vera, mika, olivia):
    orders = {"name": "big", "unit": "€", "aggregate": "sum", "field": "eventData.total", "window": "1h"}
    olivia.post(f"{ANALYTICS}/custom-metrics", json=orders | {"types": ["order.placed"]})
    post_batch(
        mika,
        {"eventType": "order.placed", "eventId": "a", "eventData": {"total": 5}},
        {"eventType": "order.placed", "eventId": "b", "eventData": {"total": "none"}},
    )
    data = explained(vera, "custom.big")
    assert (data["value"], data["unit"], ids(data)) == (5, "€", ["a"])
    assert data["meaning"] == (
        "The sum of eventData.total over events of type order.placed, the last 1h.".replace("1h", "hour")
    )
    assert [part["table"] for part in data["source"]["read"]] == ["events"]


def test_paused_metric_has_its_reason(vera, olivia):
    path = f"{ANALYTICS}/custom-metrics"
    olivia.post(path, json={"name": "big", "aggregate": "count", "window": "1h"})
    olivia.patch(f"{path}/big", json={"paused": True})
    data = explained(vera, "custom.big")
    assert (data["value"], data["pausedBecause"]) == (None, "An admin paused it.")
    assert data["source"]["from"] == "nothing"
