"""The hub: subscriptions, queries, fan-out, pings and draining cost no more than needed."""

from __future__ import annotations

import contextlib
from collections import Counter

import gevent
import psycopg2
import pytest
from redis import Redis
from servers import until
from sqlalchemy import event

from app.domain.sse import Frame
from app.live import closing
from app.redis.bus import WORKSPACE_CHANNEL
from app.redis.bus_messages import EventsAppended


@pytest.fixture
def side(make_side):
    return make_side(PULSE_STATS_UPDATE_INTERVAL="1000", PULSE_HEARTBEAT_INTERVAL="3")


@pytest.fixture
def followers(side, redis_url):
    """How many workers follow the workspace's channel now."""
    with Redis.from_url(redis_url) as redis:
        channel = f"pulse:{WORKSPACE_CHANNEL}{side.workspace}"
        yield lambda: redis.pubsub_numsub(channel)[0][1]


def test_subscription_lasts_as_streams_do(side, followers):
    side.post(3)
    assert (followers(), side.hub.rooms) == (0, [])
    stream, _ = side.socket_stream()
    assert followers() == 1
    stream.end("closed-by-admin")
    until(lambda: not side.hub.rooms, "the room is closed")
    until(lambda: followers() == 0, "the channel is left")


def test_small_gap_is_filled_from_the_ring(side, postgres):
    keeper, _ = side.socket_stream()
    side.post(50)
    with contextlib.closing(psycopg2.connect(postgres.url)) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        _, client = side.socket_stream(cursor=keeper.cursor - 40)
        client.read_until(lambda: client.seqs == list(range(11, 51)), "the last 40 events")


def test_late_messages_are_one_query(side, sql):
    [(elsewhere,)] = sql("SELECT id FROM workspaces WHERE slug = 'elsewhere'")
    side.hub.enter(elsewhere)
    side.socket_stream()
    asked = []

    @event.listens_for(side.worker.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "FROM event_heads" in statement:
            asked.append(parameters[-1])

    late = EventsAppended(side.workspace, "00000000", 1, [])
    for _ in range(200):
        side.hub.deliver(late)
    until(lambda: asked, "a question")
    for _ in range(200):
        side.hub.deliver(late)
        gevent.sleep(0)
    side.hub.refresh_heads()  # answered after all questions before it
    assert [workspaces for workspaces in asked if len(workspaces) == 1] == [[side.workspace]] * (
        len(asked) - 1
    )
    assert len(asked) <= 4


def test_fan_out_yields_to_other_work(side):
    streams = [side.socket_stream()[0] for _ in range(1500)]
    seen: Counter[int] = Counter()

    def look() -> None:
        while not seen[len(streams)]:
            seen[sum(stream.cursor == 1 for stream in streams)] += 1
            gevent.sleep(0)

    looking = gevent.spawn(look)
    side.post(1)
    looking.get(timeout=30)
    assert len([served for served in seen if 0 < served < len(streams)]) >= 2


@pytest.mark.parametrize("kind", ["socket", "generator"])
def test_blocked_stream_gets_newest_figures(side, kind):
    figures = [Frame.from_bytes(b'event: stats\ndata: {"number":%d}\n\n' % number) for number in range(1000)]
    if kind == "generator":
        stream = side.generator_stream()
        for frame in figures:
            stream.send_latest("stats", frame)
        assert next(stream.frames(side.writer)) == figures[-1].raw
        return
    stream, client = side.socket_stream()
    while stream.is_writable:
        side.post(500)
        side.settle()
    for frame in figures:
        stream.send_latest("stats", frame)
    assert sum(map(len, stream.pending.values())) == len(figures[-1].chunked)
    client.read_until(lambda: client.seqs[-1:] == [side.room.sent], "the last event")
    stats = [frame.json for frame in client.frames if frame.event == "stats"]
    assert stats == [{"number": 999}]


def test_pings_are_spread_over_interval(side):
    clients = [side.socket_stream()[1] for _ in range(300)]
    pinged: list[int] = []

    def count() -> int:
        for client in clients:
            client.read()
        pinged.append(sum(bool(client.frames) for client in clients))
        return pinged[-1]

    until(lambda: count() == len(clients), "a ping for every stream")
    counts = {len(client.frames) for client in clients}
    assert max(counts) - min(counts) <= 1
    assert len({number for number in pinged if 0 < number < len(clients)}) >= 2, "not all at once"


def test_drain_sends_bye_to_every_stream(side):
    clients = [side.socket_stream()[1] for _ in range(100)]
    left: set[int] = set()
    draining = gevent.spawn(closing.drain, side.hub, 10.0)
    while not draining.ready():
        left.add(len(list(side.hub.streams())))
        gevent.sleep(0.01)
    assert len(left) > 10
    retries = set()
    for client in clients:
        client.read_until(lambda client=client: client.ended, "the end")
        assert client.frames[-1].json == {"reason": "shutdown"}
        retries.add(client.frames[-1].retry)
    assert len(retries) > 50
    assert 1000 <= min(retries) <= max(retries) <= 5000
