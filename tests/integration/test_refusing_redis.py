"""A Redis that refuses writes or PUBLISH: messages still go out, and the refusal is reported."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from redis import Redis
from servers import until

from app.live.identity import Identity
from app.redis.link import RedisLink, connect
from app.redis.state import probe_redis

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
def redis(valkey):
    with Redis.from_url(valkey.url) as client:
        yield client


@pytest.fixture
def start(make_side, valkey):
    """`start()`: a worker on that Valkey."""
    return lambda: make_side(REDIS_URL=valkey.url, PULSE_STATS_UPDATE_INTERVAL=NEVER)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_publish_works_without_writes(start, redis, cast, trouble):
    command, words = TROUBLES[trouble]
    ours, theirs = start(), start()
    _, client = theirs.socket_stream()
    redis.execute_command(*command)
    ours.worker.registry.register(identity(ours.workspace, cast["mika"]))  # refused to be stored
    for _ in range(3):
        ours.post(1)
    client.read_until(lambda: len(client.seqs) == 3, "all news on the other worker")
    assert client.seqs == [1, 2, 3]
    assert not [frame for frame in client.frames if frame.event == "degraded"]
    state = probe_redis(ours.worker.link)
    assert (state.answers, state.can_publish, state.is_well) == (True, True, False)
    assert words in state.refuses[0]


def test_unsent_messages_are_resent(start, valkey):
    """Before the other worker has taken Redis for silent, so that it does not poll."""
    ours, theirs = start(), start()
    _, client = theirs.socket_stream()
    valkey.freeze()
    ours.post(1)  # sent, and read once it thaws
    ours.post(1)  # not sent: Redis is away
    valkey.thaw()
    client.read_until(lambda: client.seqs == [1, 2], "all news on the other worker")


def test_refused_publish_means_degraded(start, redis):
    ours, theirs = start(), start()
    _, client = theirs.socket_stream()
    client.read_until(lambda: theirs.room.cursor, "a room")
    redis.execute_command("ACL", "SETUSER", "default", "-publish")
    client.read_until(lambda: [frame for frame in client.frames if frame.event == "degraded"], "degraded")
    ours.post(1)
    client.read_until(lambda: client.seqs == [1], "the event, by polling")
    state = probe_redis(ours.worker.link)
    assert (state.answers, state.can_publish) == (True, False)
    redis.execute_command("ACL", "SETUSER", "default", "+publish")
    client.read_until(lambda: [frame for frame in client.frames if frame.event == "recovered"], "recovered")


def test_limits_use_last_known_counts(start, redis, cast):
    ours, theirs = start(), start()
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


def test_redis_outage_has_a_reason(redis):
    with connect("unix:///nowhere") as client:
        state = probe_redis(RedisLink(client))
    assert not state.answers
    assert "/nowhere" in state.error
