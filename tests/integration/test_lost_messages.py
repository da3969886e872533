"""Messages that the bus loses are found by the next message, a tick or a broken subscription."""

from __future__ import annotations

import pytest
from live_side import LiveSide
from redis import Redis
from servers import until
from sql_runner import executed

from launcher.valkey import Valkey

NEVER = "1000"  # seconds between ticks, where a test is to see what else finds a loss


@pytest.fixture
def own_valkey(tmp_path):
    """`own_valkey("here")`: one more bus."""
    made: list[Valkey] = []

    def start(name: str) -> Valkey:
        made.append(Valkey(tmp_path / name))
        made[-1].start()
        return made[-1]

    yield start
    for valkey in made:
        valkey.stop()


@pytest.fixture
def bus(own_valkey) -> Valkey:
    return own_valkey("bus")


@pytest.fixture
def on_bus(make_side):
    """`on_bus(bus, interval)`: a worker on that bus."""
    return lambda bus, interval=NEVER: make_side(REDIS_URL=bus.url, PULSE_STATS_UPDATE_INTERVAL=interval)


@pytest.fixture
def mute(on_bus, own_valkey) -> LiveSide:
    """A worker whose messages reach no other."""
    return on_bus(own_valkey("nowhere"))


def test_tick_reveals_lost_message(on_bus, bus, mute):
    side = on_bus(bus, "0.3")
    _, client = side.socket_stream()
    mute.post(3)
    client.read_until(lambda: client.seqs == [1, 2, 3], "what the bus has lost")
    assert not side.hub.degraded


def test_early_message_waits_for_fetch(on_bus, bus, mute):
    side, other = on_bus(bus), on_bus(bus)
    _, client = side.socket_stream()
    mute.post(3)
    other.post(2)
    client.read_until(lambda: client.seqs == [1, 2, 3, 4, 5], "what the bus has lost, and what came after it")
    assert not side.hub.degraded


def test_broken_subscription_is_a_gap(on_bus, bus, mute):
    side = on_bus(bus)
    _, client = side.socket_stream()
    mute.post(2)
    with Redis.from_url(bus.url) as redis:
        redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    client.read_until(lambda: client.seqs == [1, 2], "what was said meanwhile")
    assert not side.hub.degraded


def test_silent_bus_is_polled_in_one_query(on_bus, bus, mute, sql):
    side = on_bus(bus)
    _, client = side.socket_stream()
    side.hub.enter(sql("SELECT id FROM workspaces WHERE slug = 'elsewhere'")[0].id)
    with executed(side.hub._engine) as seen:
        side.hub.refresh_heads()
    assert len(side.hub.rooms) == 2
    assert (
        sum("FROM event_heads" in statement for statement in seen) == 1
    )  # other jobs have queries of their own
    bus.freeze()
    try:
        until(lambda: side.hub.degraded, "the silence is noticed")
        mute.post(2)
        client.read_until(lambda: client.seqs == [1, 2], "what was posted during the silence")
    finally:
        bus.thaw()
    until(lambda: not side.hub.degraded, "the bus is back")
