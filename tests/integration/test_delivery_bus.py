"""Whoever follows the bus learns when it may have missed something, and is never made to wait for nothing."""

from __future__ import annotations

import secrets
from uuid import uuid4

import gevent
import pytest
from servers import until

from app.redis import link
from app.redis.bus import Bus, Message, events_message
from launcher.valkey import Valkey

SOON = 5.0  # seconds


@pytest.fixture
def valkey(tmp_path):
    """One of its own, to be frozen."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.thaw()
    server.stop()


@pytest.fixture
def make_bus(valkey):
    """`make_bus()`: a worker's bus, and the list of messages that come over it."""
    made = []

    def make() -> tuple[Bus, list[Message]]:
        client = link.connect(valkey.url)
        heard: list[Message] = []
        bus = Bus(client, link.RedisLink(client), secrets.token_hex(6), heard.append)
        bus.start()
        made.append((bus, client))
        return bus, heard

    yield make
    for bus, client in made:
        bus.stop()
        client.close()


def test_what_one_worker_says_the_other_hears_and_itself_does_not(make_bus):
    (speaker, own), (listener, heard) = make_bus(), make_bus()
    workspace = uuid4()
    assert speaker.tap(workspace, SOON)
    assert listener.tap(workspace, SOON)
    message = events_message(workspace, "a1b2c3d4", 7, [b"one", b"two"])
    assert speaker.publish(message)
    until(lambda: heard, "the message")
    assert heard == [message]
    assert heard[0].frames() == [b"one", b"two"]
    assert own == []


def test_a_channel_left_and_entered_at_once_is_followed_on_without_a_wait(make_bus):
    (speaker, _), (listener, heard) = make_bus(), make_bus()
    workspace = uuid4()
    assert listener.tap(workspace, SOON)
    listener.untap(workspace)
    assert listener.tap(workspace, SOON)
    assert not listener.take_gap()
    speaker.publish(events_message(workspace, "a1b2c3d4", 1, [b"x"]))
    until(lambda: heard, "the message")


def test_a_broken_subscription_is_a_gap_also_in_a_channel_left_and_entered_again(make_bus, valkey):
    (bus, _), workspace = make_bus(), uuid4()
    assert bus.tap(workspace, SOON)
    bus.untap(workspace)
    assert bus.tap(workspace, SOON)
    cut(valkey)
    until(bus.take_gap, "the gap is noticed")
    assert bus.tap(workspace, SOON)


def test_a_channel_that_was_confirmed_too_late_has_a_gap(make_bus, valkey):
    (bus, _), workspace = make_bus(), uuid4()
    assert bus.tap(uuid4(), SOON)
    valkey.freeze()
    assert not bus.tap(workspace, 0.1)
    assert not bus.take_gap()
    valkey.thaw()
    until(bus.take_gap, "the gap is noticed")


def test_nonsense_on_a_channel_ends_nothing(make_bus, valkey):
    (speaker, _), (listener, heard) = make_bus(), make_bus()
    workspace = uuid4()
    assert listener.tap(workspace, SOON)
    with link.connect(valkey.url) as client:
        for nonsense in (b"\xff", b"[]\n", b"{}\n", b'{"from":"x","kind":"events"}\n'):
            client.publish(f"pulse:workspace:{workspace}", nonsense)
    message = events_message(workspace, "a1b2c3d4", 1, [b"x"])
    speaker.publish(message)
    until(lambda: message in heard, "the message after the nonsense")


def cut(valkey: Valkey) -> None:
    """Break every subscription."""
    with link.connect(valkey.url) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    gevent.sleep(0)
