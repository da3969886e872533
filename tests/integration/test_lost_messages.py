"""What the bus loses is found: by the next message, by a tick, or once its subscription has broken."""

from __future__ import annotations

import pytest
from live_side import LiveSide
from redis import Redis
from servers import until
from sqlalchemy import event

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
def make_side(make_app, cast, sql):
    """`make_side(bus, interval)`: a worker on that bus."""
    workspace = sql("SELECT id FROM workspaces WHERE slug = 'acme'")[0].id
    sides: list[LiveSide] = []

    def make(valkey: Valkey, interval: str = NEVER) -> LiveSide:
        app = make_app(REDIS_URL=valkey.url, PULSE_STATS_UPDATE_INTERVAL=interval, PULSE_DRAIN_SECONDS="0.1")
        sides.append(LiveSide(app, workspace, cast["mika"]))
        return sides[-1]

    yield make
    for side in sides:
        side.stop()


@pytest.fixture
def mute(make_side, own_valkey) -> LiveSide:
    """A worker that no other hears of: whatever it announces is lost."""
    return make_side(own_valkey("nowhere"))


def test_tick_reveals_lost_message(make_side, bus, mute):
    side = make_side(bus, "0.3")
    _, client = side.socket_stream()
    mute.post(3)
    client.read_until(lambda: client.seqs == [1, 2, 3], "what the bus has lost")
    assert not side.hub.degraded


def test_early_message_waits_for_fetch(make_side, bus, mute):
    side, other = make_side(bus), make_side(bus)
    _, client = side.socket_stream()
    mute.post(3)
    other.post(2)
    client.read_until(lambda: client.seqs == [1, 2, 3, 4, 5], "what the bus has lost, and what came after it")
    assert not side.hub.degraded


def test_broken_subscription_is_a_gap(make_side, bus, mute):
    side = make_side(bus)
    _, client = side.socket_stream()
    mute.post(2)
    with Redis.from_url(bus.url) as redis:
        redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    client.read_until(lambda: client.seqs == [1, 2], "what was said meanwhile")
    assert not side.hub.degraded


def test_silent_bus_is_polled_in_one_query(make_side, bus, mute, sql):
    side = make_side(bus)
    _, client = side.socket_stream()
    side.hub.enter(sql("SELECT id FROM workspaces WHERE slug = 'elsewhere'")[0].id)
    seen: list[str] = []
    event.listen(side.hub._engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    side.hub.refresh_heads()
    assert len(side.hub.rooms) == 2
    assert len(seen) == 1
    bus.freeze()
    try:
        until(lambda: side.hub.degraded, "the silence is noticed")
        mute.post(2)
        client.read_until(lambda: client.seqs == [1, 2], "what was posted during the silence")
    finally:
        bus.thaw()
    until(lambda: not side.hub.degraded, "the bus is heard again")
