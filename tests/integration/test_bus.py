"""The bus: messages reach other workers, and a subscription reports that it may have missed some."""

from __future__ import annotations

import secrets
from uuid import uuid4

import gevent
import pytest
from servers import until

from app.redis import link
from app.redis.bus import Bus
from app.redis.bus_messages import BusMessage, EventsAppended
from launcher.valkey import Valkey

SOON = 5.0  # seconds


@pytest.fixture
def make_bus(valkey):
    """`make_bus()`: a worker's bus, and the list of messages that come over it."""
    made = []

    def make() -> tuple[Bus, list[BusMessage]]:
        client = link.connect(valkey.url)
        received: list[BusMessage] = []
        bus = Bus(client, link.RedisLink(client), secrets.token_hex(6), received.append)
        bus.start()
        made.append((bus, client))
        return bus, received

    yield make
    for bus, client in made:
        bus.stop()
        client.close()


def test_message_reaches_other_workers(make_bus):
    (sender, own), (receiver, received) = make_bus(), make_bus()
    workspace = uuid4()
    assert sender.subscribe(workspace, SOON)
    assert receiver.subscribe(workspace, SOON)
    message = EventsAppended(workspace, "a1b2c3d4", 7, [b"one", b"two"])
    assert sender.publish(message)
    until(lambda: received, "the message")
    assert received == [message]
    assert own == []


def test_rejoined_channel_needs_no_wait(make_bus):
    (sender, _), (receiver, received) = make_bus(), make_bus()
    workspace = uuid4()
    assert receiver.subscribe(workspace, SOON)
    receiver.unsubscribe(workspace)
    assert receiver.subscribe(workspace, SOON)
    assert not receiver.pop_missed_flag()
    sender.publish(EventsAppended(workspace, "a1b2c3d4", 1, [b"x"]))
    until(lambda: received, "the message")


def test_broken_subscription_is_a_gap(make_bus, valkey):
    (bus, _), workspace = make_bus(), uuid4()
    assert bus.subscribe(workspace, SOON)
    bus.unsubscribe(workspace)
    assert bus.subscribe(workspace, SOON)
    cut(valkey)
    until(bus.pop_missed_flag, "the gap is noticed")
    assert bus.subscribe(workspace, SOON)


def test_late_confirmation_is_a_gap(make_bus, valkey):
    (bus, _), workspace = make_bus(), uuid4()
    assert bus.subscribe(uuid4(), SOON)
    valkey.freeze()
    assert not bus.subscribe(workspace, 0.1)
    assert not bus.pop_missed_flag()
    valkey.thaw()
    until(bus.pop_missed_flag, "the gap is noticed")


def test_subscriber_survives_nonsense(make_bus, valkey):
    (sender, _), (receiver, received) = make_bus(), make_bus()
    workspace = uuid4()
    assert receiver.subscribe(workspace, SOON)
    with link.connect(valkey.url) as client:
        for nonsense in (b"\xff", b"[]\n", b"{}\n", b'{"from":"x","kind":"events"}\n'):
            client.publish(f"pulse:workspace:{workspace}", nonsense)
    message = EventsAppended(workspace, "a1b2c3d4", 1, [b"x"])
    sender.publish(message)
    until(lambda: message in received, "the message after the nonsense")


def cut(valkey: Valkey) -> None:
    """Break every subscription."""
    with link.connect(valkey.url) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    gevent.sleep(0)
