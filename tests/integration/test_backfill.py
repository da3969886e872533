"""Backfill: streams that fell behind are fed from the ring or PostgreSQL, without gap or repeat."""

from __future__ import annotations

import contextlib
import json

import psycopg2
import pytest
from frames import FrameParser
from live_side import LiveSide, seq_of
from servers import until

from app.live.event_reader import EventReader


@pytest.fixture
def side(make_side):
    return make_side()


@contextlib.contextmanager
def log_locked(postgres):
    """For as long as this lasts reads of the log wait; gives a cursor of the connection that holds the lock."""
    connection = psycopg2.connect(postgres.url)
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        yield cursor


def waits_for_lock(sql) -> bool:
    return bool(
        sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'pulse' AND wait_event_type = 'Lock'")
    )


def outgrow_ring(side: LiveSide) -> None:
    """Post until the ring has forgotten the first events."""
    while side.room.ring.after(0, 1) is not None:
        side.post(1000)


def test_backfill_beyond_the_ring_is_complete(side):
    outgrow_ring(side)
    _, client = side.socket_stream(cursor=0)
    last = side.room.sent
    client.read_until(lambda: client.seqs[-1:] == [last], "the last event")
    assert client.seqs == list(range(1, last + 1))


REFERENCES = [
    {"channelId": "general", "taskId": "t-1", "orchestratorId": "o-1", "messageId": "m-1"},
    {"channelId": 'général 🎉 "\\', "taskId": "x" * 200},
    {"channelId": "x" * 201, "taskId": "", "orchestratorId": None},
    {"channelId": 7, "taskId": {"id": "t-1"}, "orchestratorId": ["o-1"]},
    {"channelId": True, "about": {"taskId": "t-1"}},
    {},
]


def test_stored_frames_equal_pushed_ones(side):
    """What a stream missed has the bytes that it would have been pushed: the room's, and the log's."""
    room = side.room
    side.post_data(REFERENCES)
    pushed = room.ring.after(0, len(REFERENCES))
    assert EventReader(side.hub._engine).fetch(room, 0, len(REFERENCES)) == pushed
    told = [json.loads(frame.partition(b"\ndata: ")[2]) for frame in pushed]
    assert [{name: one[name] for name in one.keys() & REFERENCES[0].keys()} for one in told] == [
        {"channelId": "general", "taskId": "t-1", "orchestratorId": "o-1"},
        REFERENCES[1],
        *[{}] * 4,
    ]


def test_leaving_stream_stops_no_other(side, sql, postgres):
    outgrow_ring(side)
    with log_locked(postgres) as cursor:
        stream, _ = side.socket_stream(cursor=0)
        until(lambda: waits_for_lock(sql), "the log is read")
        stream.disconnect("client-left")
        cursor.execute("DELETE FROM events WHERE seq < 500")
    _, client = side.socket_stream(cursor=600)
    last = side.room.sent
    client.read_until(lambda: client.seqs[-1:] == [last], "the last event")
    assert client.seqs == list(range(601, last + 1))


def test_push_during_backfill_is_sent_once(side, sql, postgres):
    """The writer pauses within a push; a stream that it has not come to yet may be read for meanwhile."""
    outgrow_ring(side)
    before = side.room.ring.head - 10
    with log_locked(postgres):
        stream, client = side.socket_stream(cursor=0)
        until(lambda: waits_for_lock(sql), "the log is read")
        stream.push(0, before, b"")  # what the writer does when it comes to it
    last = side.room.sent
    client.read_until(lambda: client.seqs[-1:] == [last], "the last event")
    assert client.seqs == list(range(before + 1, last + 1))


def test_generator_gets_reset_before_events(side):
    stream = side.generator_stream()
    frames = stream.frames(side.writer)
    side.post(3)
    side.settle()
    next(frames)
    stream.reset()
    last = side.room.sent
    side.post(2)
    side.settle()
    parser, got = FrameParser(), []
    while not got or got[-1].event != "event" or seq_of(got[-1]) < last + 2:
        got += parser.feed(next(frames))
    order = [(frame.event, seq_of(frame)) for frame in got if frame.event in ("event", "reset")]
    assert order == [("reset", last), ("event", last + 1), ("event", last + 2)]


@pytest.mark.parametrize("kind", ["socket", "generator"])
def test_steady_reader_is_never_slow(side, kind):
    """The room has always something more for it when it comes back for more."""
    if kind == "socket":
        stream, client = side.socket_stream()
        take = client.read
    else:
        stream = side.generator_stream()
        frames = stream.frames(side.writer)
        take = lambda: next(frames)  # noqa: E731
    side.post(1)
    side.settle()
    side.post(1)
    for _ in range(5):
        lagging_since = stream.lagging_since
        take()
        side.post(1)
        side.settle()
        assert stream.lagging_since is None or stream.lagging_since != lagging_since


def test_slow_reader_gets_bye_with_reason(side):
    stream, client = side.socket_stream()
    while stream.is_writable:
        side.post(500)
        side.settle()
    stream.end("slow")
    client.read_until(lambda: client.ended, "the end")
    assert (client.frames[-1].event, client.frames[-1].json) == ("bye", {"reason": "slow"})
    assert client.seqs == list(range(1, stream.cursor + 1))
    assert [closed.reason for closed in side.closed] == ["slow"]


def test_full_socket_leaves_one_cut_event(side):
    streams = [side.socket_stream()[0] for _ in range(20)]
    for _ in range(4):
        side.post(1000)
        side.settle()
    ring = side.room.ring
    size = len(ring.after(ring.head - 1, 1)[0]) + 10
    assert not any(stream.is_writable for stream in streams)
    assert all(len(stream._tail) < size for stream in streams)
