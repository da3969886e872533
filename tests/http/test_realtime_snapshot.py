"""GET without asking for a stream: the figures as they are now, and where in the log that is."""

import re
from datetime import datetime

import pytest
from posting import REALTIME

NOTHING_YET = {
    "activeUsers": 0,
    "onlineUsers": 0,
    "activeSessions": 0,
    "messagesLastHour": 0,
    "messagesToday": 0,
    "activeChannels": 0,
    "activeOrchestrators": 0,
    "tasksInProgress": 0,
    "eventCounts": {},
}


@pytest.fixture
def head(sql):
    """The workspace's id and where its log ends, as the database has it."""
    [row] = sql(
        "SELECT id, epoch || '-' || last_seq AS cursor FROM workspaces JOIN event_heads ON workspace_id = id"
        " WHERE slug = 'acme'"
    )
    return row


def test_empty_workspace_has_zeroes(mika, head):
    answer = mika.get(REALTIME)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    body = answer.get_json()
    now = body["meta"].pop("timestamp")
    assert body["data"].pop("timestamp") <= now
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now)
    assert body == {
        "data": NOTHING_YET,
        "meta": {
            "workspaceId": str(head.id),
            "userId": str(mika.user_id),
            "mode": "snapshot",
            "connections": 0,
            "lastEventId": head.cursor,
        },
    }


def test_snapshot_counts_up_to_its_cursor(mika, vera):
    for channel in ("general", "general", "design"):
        posted = mika.post(
            REALTIME,
            json={"eventType": "message.sent", "eventData": {"channelId": channel}, "sessionId": "s-1"},
        )
    body = vera.get(REALTIME).get_json()
    assert body["meta"]["userId"] == str(vera.user_id)
    assert body["meta"]["lastEventId"].endswith(f"-{posted.get_json()['seq']}")
    assert body["data"] | {"timestamp": ""} == NOTHING_YET | {
        "activeUsers": 1,
        "onlineUsers": 1,
        "activeSessions": 1,
        "messagesLastHour": 3,
        "messagesToday": 3,
        "activeChannels": 2,
        "eventCounts": {"message.sent": 3},
        "timestamp": "",
    }


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/event-stream;q=0", "text/*"])
def test_snapshot_is_the_default_form(mika, accept):
    answer = mika.get(REALTIME, headers={"Accept": accept} if accept else {})
    assert answer.get_json()["meta"]["mode"] == "snapshot"


def test_workspace_by_id_or_slug(mika, head):
    for reference in (str(head.id), str(head.id).upper()):
        body = mika.get(REALTIME.replace("acme", reference)).get_json()
        assert body["meta"]["workspaceId"] == str(head.id)


def test_metrics_narrow_the_data(mika):
    body = mika.get(f"{REALTIME}?metrics=messagesToday,activeUsers").get_json()
    assert list(body["data"]) == ["activeUsers", "messagesToday", "timestamp"]
    assert list(mika.get(f"{REALTIME}?metrics=").get_json()["data"]) == ["timestamp"]


@pytest.mark.parametrize("metrics", ["activeusers", "activeUsers,nonsense", "timestamp", "<b>", "%00"])
def test_unknown_metric_is_named(mika, metrics):
    answer = mika.get(f"{REALTIME}?metrics={metrics}")
    body = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert body["code"] == "INVALID_PARAMETER"
    assert "activeUsers" in body["errors"]["metrics"][0]


def test_snapshots_differ_in_their_time(mika):
    first, second = (mika.get(REALTIME).get_json()["data"]["timestamp"] for _ in range(2))
    assert datetime.fromisoformat(first) <= datetime.fromisoformat(second)
