"""A Redis that answers "no" is not one that is away: news go out, nothing waits for a tick, and it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from live_side import LiveSide
from redis import Redis
from servers import until

from app.live.identity import Identity
from app.redis.link import RedisLink, connect
from app.redis.state import ask_redis
from launcher.valkey import Valkey

NEVER = "1000"  # seconds between ticks: nothing may wait for one
TROUBLES = {
    "out-of-memory": (
        ("CONFIG", "SET", "maxmemory", "1"),
        "command not allowed when used memory > 'maxmemory'",
    ),
    "too-few-replicas": (("CONFIG", "SET", "min-replicas-to-write", "1"), "NOREPLICAS"),
    "replica": (("REPLICAOF", "127.0.0.1", "1"), "read only replica"),
}


@pytest.fixture
def valkey(tmp_path):
    valkey = Valkey(tmp_path / "valkey")
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def redis(valkey):
    with Redis.from_url(valkey.url) as client:
        yield client


@pytest.fixture
def make_side(make_app, cast, sql, valkey):
    """`make_side()`: a worker on that Valkey, with a stream of acme's to come."""
    workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
    sides: list[LiveSide] = []

    def make() -> LiveSide:
        app = make_app(REDIS_URL=valkey.url, PULSE_STATS_UPDATE_INTERVAL=NEVER, PULSE_DRAIN_SECONDS="0.1")
        sides.append(LiveSide(app, workspace, cast["mika"]))
        return sides[-1]

    yield make
    for side in sides:
        side.stop()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_publish_works_without_writes(make_side, redis, cast, trouble):
    command, words = TROUBLES[trouble]
    ours, theirs = make_side(), make_side()
    _, client = theirs.socket_stream()
    redis.execute_command(*command)
    ours.worker.registry.register(identity(ours.workspace, cast["mika"]))  # refused to be stored
    for _ in range(3):
        ours.post(1)
    client.read_until(lambda: len(client.seqs) == 3, "all news on the other worker")
    assert client.seqs == [1, 2, 3]
    assert not [frame for frame in client.frames if frame.event == "degraded"]
    state = ask_redis(ours.worker.link)
    assert (state.answers, state.can_publish, state.is_well) == (True, True, False)
    assert words in state.refuses[0]


def test_unsent_messages_are_resent(make_side, valkey):
    """Before the other worker has taken Redis for silent, so that it does not poll."""
    ours, theirs = make_side(), make_side()
    _, client = theirs.socket_stream()
    valkey.freeze()
    ours.post(1)  # sent, and read once it thaws
    ours.post(1)  # not sent: Redis is away
    valkey.thaw()
    client.read_until(lambda: client.seqs == [1, 2], "all news on the other worker")


def test_refused_publish_means_degraded(make_side, redis):
    ours, theirs = make_side(), make_side()
    _, client = theirs.socket_stream()
    client.read_until(lambda: theirs.room.cursor, "a room")
    redis.execute_command("ACL", "SETUSER", "default", "-publish")
    client.read_until(lambda: [frame for frame in client.frames if frame.event == "degraded"], "degraded")
    ours.post(1)
    client.read_until(lambda: client.seqs == [1], "the event, by polling")
    state = ask_redis(ours.worker.link)
    assert (state.answers, state.can_publish) == (True, False)
    redis.execute_command("ACL", "SETUSER", "default", "+publish")
    client.read_until(lambda: [frame for frame in client.frames if frame.event == "recovered"], "recovered")


def test_limits_use_last_known_counts(make_side, redis, cast):
    ours, theirs = make_side(), make_side()
    for _ in range(2):
        theirs.worker.registry.register(identity(theirs.workspace, cast["mika"]))
    until(lambda: ours.worker.registry.count(ours.workspace) == 2, "both workers known to each other")
    redis.config_set("maxmemory", "1")
    ours.worker.registry.register(identity(ours.workspace, cast["mika"]))
    assert ours.worker.registry.count(ours.workspace) == 3
    redis.config_set("maxmemory", "0")
    until(lambda: theirs.worker.registry.count(ours.workspace) == 3, "what was refused stored after all")


def identity(workspace, user) -> Identity:
    return Identity(f"conn_1_{uuid4().hex[:6]}", workspace, user, b"", "local", datetime.now(UTC))


def test_readiness_names_redis_refusal(make_app, valkey, redis):
    redis.config_set("maxmemory", "1")
    answer = make_app(REDIS_URL=valkey.url).test_client().get("/readyz")
    found = answer.get_json()
    assert (answer.status_code, found["status"]) == (200, "degraded")
    assert "used memory > 'maxmemory'" in found["checks"]["bus"]


def test_a_redis_that_is_away_says_why(redis):
    with connect("unix:///nowhere") as client:
        state = ask_redis(RedisLink(client))
    assert not state.answers
    assert "/nowhere" in state.trouble
