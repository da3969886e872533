"""What a client of the stream sees, byte for byte: from a socket of the hub's, and from a plain generator."""

import re
import time
from datetime import UTC, datetime

from frames import Frame
from visitor import PATH

from .conftest import BOTH_TRANSPORTS

pytestmark = BOTH_TRANSPORTS

METRICS = [
    "activeUsers",
    "onlineUsers",
    "activeSessions",
    "messagesLastHour",
    "messagesToday",
    "activeChannels",
    "activeOrchestrators",
    "tasksInProgress",
    "eventCounts",
]
ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_headers_keep_proxies_from_buffering(mika):
    stream = mika.listen()
    assert stream.status == 200
    expected = {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "transfer-encoding": "chunked",
    }
    assert {name: stream.headers.get(name) for name in expected} == expected
    assert "content-length" not in stream.headers
    assert "set-cookie" not in stream.headers


def test_connected_then_stats_then_events(mika):
    stream = mika.listen()
    connected, stats = stream.next(), stream.next()
    assert [connected.event, stats.event] == ["connected", "stats"]
    assert 1000 <= connected.retry <= 5000
    answer = mika.track("message.sent", {"messageId": "m-1"})
    event = stream.until("event")
    epoch = connected.json["lastEventId"].split("-")[0]
    assert event.id == f"{epoch}-{answer['seq']}"
    assert event.json == {
        "eventType": "message.sent",
        "userId": mika.user_id,
        "timestamp": answer["timestamp"],
        "eventId": answer["eventId"],
    }


def test_connected_has_all_fields(mika, sql):
    connected = mika.listen().next()
    assert list(connected.json) == [
        "connectionId",
        "workspaceId",
        "userId",
        "timestamp",
        "lastEventId",
        "heartbeatInterval",
        "statsInterval",
    ]
    [(workspace, epoch, seq)] = sql(
        "SELECT id, epoch, last_seq FROM workspaces JOIN event_heads ON workspace_id = id WHERE slug = 'acme'"
    )
    connection = re.fullmatch(r"conn_(\d+)_[0-9a-z]{6}", connected.json["connectionId"])
    opened = datetime.fromtimestamp(int(connection[1]) / 1000, UTC)
    assert abs(opened.timestamp() - time.time()) < 60
    assert connected.json == {
        "connectionId": connection[0],
        "workspaceId": str(workspace),
        "userId": mika.user_id,
        "timestamp": opened.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "lastEventId": f"{epoch}-{seq}",
        "heartbeatInterval": 0.5,
        "statsInterval": 0.3,
    }


def test_retry_times_are_spread(mika):
    assert len({mika.listen().next().retry for _ in range(6)}) > 1


def test_stats_repeat_with_every_metric(mika):
    stream = mika.listen()
    moments = []
    for _ in range(4):
        stats = stream.until("stats").json
        assert list(stats) == [*METRICS, "timestamp"]
        assert all(isinstance(stats[name], int) for name in METRICS[:-1])
        assert re.fullmatch(ISO, stats["timestamp"])
        moments.append(stats["timestamp"])
    assert moments == sorted(moments)
    assert len(set(moments)) == 4


def test_next_stats_count_an_event(mika):
    stream = mika.listen()
    before = stream.until("stats").json
    mika.track("message.sent")
    stream.until("event")
    while (stats := stream.until("stats").json)["messagesToday"] == before["messagesToday"]:
        pass
    assert stats["messagesToday"] == before["messagesToday"] + 1
    assert stats["eventCounts"]["message.sent"] == before["eventCounts"].get("message.sent", 0) + 1


def test_metrics_parameter_narrows_one_stream(mika):
    narrow, wide = mika.listen("?metrics=messagesToday,onlineUsers"), mika.listen()
    for _ in range(2):
        assert list(narrow.until("stats").json) == ["onlineUsers", "messagesToday", "timestamp"]
        assert list(wide.until("stats").json) == [*METRICS, "timestamp"]


def test_ping_has_milliseconds(mika):
    ping = mika.listen().until("ping")
    assert list(ping.json) == ["timestamp"]
    assert isinstance(ping.json["timestamp"], int)
    assert abs(ping.json["timestamp"] / 1000 - time.time()) < 60


def test_only_connected_and_events_have_ids(mika):
    stream = mika.listen()
    mika.track()
    frames: list[Frame] = []
    while {frame.event for frame in frames} < {"connected", "stats", "event", "ping"}:
        frames.append(stream.next())
    assert {frame.event for frame in frames if frame.id is not None} == {"connected", "event"}
    assert {frame.event for frame in frames if frame.retry is not None} == {"connected"}


def test_frames_are_single_lines(mika):
    stream = mika.listen()
    mika.track("note.taken", {"text": "line\nbreak\r\n\u2028event: bye\n\n"})
    stream.until("event")
    for raw in stream.content.removesuffix(b"\n\n").split(b"\n\n"):
        names = [line.partition(b": ")[0] for line in raw.split(b"\n")]
        assert names in (
            [b"retry", b"id", b"event", b"data"],
            [b"event", b"data"],
            [b"id", b"event", b"data"],
        )


def test_event_data_is_not_streamed(mika, vera):
    stream = vera.listen()
    mika.track("message.sent", {"messageId": "m-2", "text": "between us"}, sessionId="secret-session")
    stream.until("event")
    assert b"between us" not in stream.content
    assert b"secret-session" not in stream.content


def test_streams_are_isolated_by_workspace(mika, oscar):
    stream = mika.listen()
    elsewhere = oscar.post(PATH.replace("acme", "elsewhere"), json={"eventType": "user.active"})
    assert elsewhere.json()["notified"] == 0
    last = mika.track("user.active")["eventId"]
    assert stream.until("event").json["eventId"] == last
