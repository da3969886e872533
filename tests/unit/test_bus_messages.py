"""Messages of the bus: what the version before sends is understood, and it is sent the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.event import event_frame
from app.domain.ids import Cursor
from app.domain.stats import Stats
from app.live.stream_lifecycle import MESSAGES as MESSAGES_OF_STREAMS
from app.live.worker_rpc import stream_entries
from app.redis.bus_messages import (
    AnnotationOffered,
    EventsAppended,
    HeadMoved,
    Revoked,
    StatsComputed,
    WorkerAnswer,
    WorkerQuestion,
    decode,
    decode_answer,
    encode,
    encode_answer,
)

SENDER = "0a1b2c3d4e5f"
ACME, MIKA = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
FRAMES = [event_frame("a1b2c3d4", seq, "message.sent", MIKA, NOON, f"e-{seq}", {}) for seq in (7, 8)]
ABOUT = {"channelId": "general", "taskId": "t-1", "orchestratorId": "o-1"}
WITH_REFERENCES = [event_frame("a1b2c3d4", 9, "task.started", MIKA, NOON, "e-9", ABOUT | {"secret": 1})]
FIGURES = {"timestamp": "2026-11-29T12:00:00.000Z", "activeUsers": 3, "eventCounts": {"message.sent": 2}}

# As workers of commit 315a38f publish them: name, message, line of JSON, body.
MESSAGES = [
    (
        "events",
        EventsAppended(ACME, "a1b2c3d4", 7, FRAMES),
        b'{"kind":"events","from":"0a1b2c3d4e5f","epoch":"a1b2c3d4","first":7,"sizes":[167,167]}',
        b"id: a1b2c3d4-7\nevent: event\n"
        b'data: {"eventType":"message.sent","userId":"00000000-0000-0000-0000-000000000002",'
        b'"timestamp":"2026-11-29T12:00:00.000Z","eventId":"e-7"}\n\n'
        b"id: a1b2c3d4-8\nevent: event\n"
        b'data: {"eventType":"message.sent","userId":"00000000-0000-0000-0000-000000000002",'
        b'"timestamp":"2026-11-29T12:00:00.000Z","eventId":"e-8"}\n\n',
    ),
    (
        "events-with-references",  # since they are in frames: a worker of before passes them on as they are
        EventsAppended(ACME, "a1b2c3d4", 9, WITH_REFERENCES),
        b'{"kind":"events","from":"0a1b2c3d4e5f","epoch":"a1b2c3d4","first":9,"sizes":[227]}',
        b"id: a1b2c3d4-9\nevent: event\n"
        b'data: {"eventType":"task.started","userId":"00000000-0000-0000-0000-000000000002",'
        b'"timestamp":"2026-11-29T12:00:00.000Z","eventId":"e-9",'
        b'"channelId":"general","taskId":"t-1","orchestratorId":"o-1"}\n\n',
    ),
    (
        "head",
        HeadMoved(ACME, "a1b2c3d4", 8),
        b'{"kind":"head","from":"0a1b2c3d4e5f","epoch":"a1b2c3d4","seq":8}',
        b"",
    ),
    (
        "stats",
        StatsComputed(ACME, Stats(FIGURES, Cursor("a1b2c3d4", 8))),
        b'{"kind":"stats","from":"0a1b2c3d4e5f","stats":{"timestamp":"2026-11-29T12:00:00.000Z",'
        b'"activeUsers":3,"eventCounts":{"message.sent":2}},"epoch":"a1b2c3d4","seq":8}',
        b"",
    ),
    (
        "annotation",
        AnnotationOffered(ACME, {"change": "removed", "annotation": {"id": "7", "tags": []}}),
        b'{"kind":"annotation","from":"0a1b2c3d4e5f",'
        b'"frame":{"change":"removed","annotation":{"id":"7","tags":[]}}}',
        b"",
    ),
    (
        "token",
        Revoked("token", credential=b"\x01\xff"),
        b'{"kind": "revoke", "from": "0a1b2c3d4e5f", "cause": "token", "credential": "01ff", "user": null, '
        b'"workspace": null}',
        b"",
    ),
    (
        "membership",
        Revoked("membership", user_id=MIKA, workspace_id=ACME),
        b'{"kind": "revoke", "from": "0a1b2c3d4e5f", "cause": "membership", "credential": null, '
        b'"user": "00000000-0000-0000-0000-000000000002", "workspace": "00000000-0000-0000-0000-000000000001"}',
        b"",
    ),
    (
        "list",
        WorkerQuestion(ACME, "list", {}, "pulse:reply:77"),
        b'{"kind":"list","from":"0a1b2c3d4e5f","reply":"pulse:reply:77","named":true}',
        b"",
    ),
    (
        "close",
        WorkerQuestion(
            ACME,
            "close",
            {"reason": "closed-by-admin", "by": "command-line", "connection_id": None},
            "pulse:reply:77",
        ),
        b'{"kind":"close","from":"0a1b2c3d4e5f","reason":"closed-by-admin","by":"command-line",'
        b'"connection_id":null,"reply":"pulse:reply:77","named":true}',
        b"",
    ),
]
messages = pytest.mark.parametrize(
    ("message", "line", "body"), [each[1:] for each in MESSAGES], ids=[each[0] for each in MESSAGES]
)


def channel_of(message):
    """The workspace of the channel that it travels on."""
    return None if isinstance(message, Revoked) else message.workspace_id


@messages
def test_old_messages_are_read(message, line, body):
    assert decode(line + b"\n" + body, channel_of(message), "another") == message


@messages
def test_messages_are_sent_as_of_old(message, line, body):
    ours, _, our_body = encode(message, SENDER).partition(b"\n")
    assert (json.loads(ours), our_body) == (json.loads(line), body)


@messages
def test_own_messages_are_skipped(message, line, body):
    assert decode(line + b"\n" + body, channel_of(message), SENDER) is None


def test_missing_cause_is_empty():
    line = b'{"kind":"revoke","from":"x","credential":null,"user":null,"workspace":null}\n'
    assert decode(line, None, SENDER) == Revoked("")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (WorkerAnswer(SENDER, [{"a": 1}]), b'{"worker": "0a1b2c3d4e5f", "answer": [{"a": 1}]}'),
        (WorkerAnswer(None, 2), b"2"),
    ],
)
def test_old_answers_are_read_and_sent(answer, text):
    assert decode_answer(text) == answer
    assert json.loads(encode_answer(answer)) == json.loads(text)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"[]\n",
        b"{}\n",
        b'{"from":"x"}\n',
        b'{"from":"x","kind":"events"}\n',
        b'{"from":"x","kind":"no such kind"}\n',
    ],
)
def test_anything_else_is_an_error(data):
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode(data, ACME, SENDER)


def test_workspace_messages_need_a_workspace():
    with pytest.raises(ValueError, match="one workspace"):
        decode(b'{"kind":"head","from":"x","epoch":"a1b2c3d4","seq":8}\n', None, SENDER)


# As a worker of commit a43afbf lists a stream.
STREAM = (
    '{"connectionId":"conn_1_aaaaaa","userId":"00000000-0000-0000-0000-000000000002","credential":"00ff",'
    '"address":"192.0.2.7","since":"2026-11-29T12:00:00.000Z","worker":"0a1b2c3d4e5f","transport":"socket",'
    '"lastEventId":"a1b2c3d4-7","lagEvents":0,"lagSeconds":0}'
)


def test_old_lists_of_streams_are_read_and_sent():
    [entry] = stream_entries([[json.loads(STREAM)]])
    assert (entry["user_id"], entry["since"], entry["credential"]) == (MIKA, NOON, "00ff")
    assert json.dumps(MESSAGES_OF_STREAMS.dump([entry])[0], sort_keys=True) == json.dumps(
        json.loads(STREAM), sort_keys=True
    )


def test_new_fields_of_a_stream_are_ignored():
    later = json.loads(STREAM) | {"since": "2026-11-29T12:00:01.000Z", "mood": "new"}
    found = stream_entries([[later], 3, [json.loads(STREAM)]])
    assert [entry["since"] for entry in found] == [NOON, NOON + timedelta(seconds=1)]
    assert all("mood" not in entry for entry in found)
