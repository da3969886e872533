"""Whatever dies, freezes or forgets while 50 clients post and retry: acknowledged means stored, once, and counted.

A gunicorn with two workers, a PostgreSQL and a Valkey are struck at random moments, for CHAOS_SECONDS in all (each
test takes a third of them), but every blow falls once at least. CHAOS_SEED repeats the choices of an earlier run.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import gevent
import pytest
from servers import until
from visitor import PATH, Visitor

from .delivery_world import Torment, World, say
from .ingest_check import check
from .ingest_client import Client

SECONDS = float(os.environ.get("CHAOS_SECONDS", "") or 16) / 3
SEED = int(os.environ.get("CHAOS_SEED", "") or time.time())
CLIENTS = 50
PEOPLE = ("olivia", "mika", "noor")
SETTLED = 120.0  # seconds; generous, for nothing here measures time

Blows = Mapping[str, Callable[[], None]]


def test_kills_lose_no_acknowledged_event(
    world: World, clients: list[Client], everyone: list[Client], chance: random.Random
):
    torment, [server] = Torment(world), world.servers
    of_gunicorn = {
        "kill a worker": lambda: torment.kill_worker(server),
        "kill the master": lambda: torment.kill_master(server),
    }
    with posting(clients):
        storms = [
            gevent.spawn(storm, blows, clients, chance)
            for blows in (of_gunicorn, {"kill PostgreSQL": torment.kill_postgres})
        ]
        gevent.joinall(storms, raise_error=True)
    check_everything(world, everyone)


def test_frozen_postgresql_loses_no_event(
    world: World, clients: list[Client], everyone: list[Client], chance: random.Random
):
    with posting(clients):
        storm({"freeze PostgreSQL": Torment(world).freeze_postgres}, clients, chance)
    check_everything(world, everyone)


def test_posting_survives_redis_trouble(
    world: World, clients: list[Client], everyone: list[Client], chance: random.Random
):
    torment = Torment(world, pause=lambda _: await_acknowledgements(clients))
    blows = {
        "freeze Redis": torment.freeze_redis,
        "kill Redis": torment.kill_redis,
        "empty Redis": torment.empty_redis,
    }
    with posting(clients):
        storm(blows, clients, chance)
        await_acknowledgements(clients)
    check_everything(world, everyone)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[World]:
    """One gunicorn and its stores."""
    world = World(tmp_path_factory.mktemp("world"))
    del world.servers[1:]
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
def chance() -> random.Random:
    say(f"CHAOS_SEED={SEED}")
    return random.Random(SEED)


@pytest.fixture(scope="module")
def everyone() -> list[Client]:
    """The clients of all tests so far: they share a log."""
    return []


@pytest.fixture
def clients(world: World, everyone: list[Client], chance: random.Random) -> list[Client]:
    """Fifty more. They share a few people's sessions."""
    [server] = world.servers
    with contextlib.ExitStack() as stack:
        visitors = [
            stack.enter_context(contextlib.closing(Visitor(server))).sign_in(person) for person in PEOPLE
        ]
        people = [(visitor.cookie, visitor.user_id) for visitor in visitors]
    fresh = range(len(everyone), len(everyone) + CLIENTS)
    everyone += [
        Client(f"client{number}", server.port, PATH, *people[number % len(people)], chance)
        for number in fresh
    ]
    return everyone[-CLIENTS:]


@contextlib.contextmanager
def posting(clients: Sequence[Client]) -> Iterator[None]:
    """Within this all clients post; at its end each has its last answer."""
    greenlets = [gevent.spawn(client.run) for client in clients]
    try:
        await_acknowledgements(clients)
        yield
        for client in clients:
            client.stop()
        gevent.joinall(greenlets, timeout=SETTLED, raise_error=True)
        assert all(greenlet.ready() for greenlet in greenlets), "some posts are never acknowledged"
        say(f"{'all answered':16} {progress(clients)}")
    finally:
        gevent.killall(greenlets)


def storm(blows: Blows, clients: Sequence[Client], chance: random.Random) -> None:
    """Strike at random moments and in any order, until the time is over."""
    over, struck = time.monotonic() + SECONDS, False
    while not struck or time.monotonic() < over:
        for blow in chance.sample(sorted(blows), len(blows)):
            gevent.sleep(chance.uniform(0, 2))
            say(f"{blow:16} {progress(clients)}")
            blows[blow]()
        struck = True


def await_acknowledgements(clients: Sequence[Client]) -> None:
    """Wait until every client has a new acknowledgement."""
    before = [len(client.acknowledged) for client in clients]
    until(
        lambda: all(len(c.acknowledged) > had for c, had in zip(clients, before, strict=True)),
        lambda: f"all acknowledged: {progress(clients)}",
        SETTLED,
    )


def check_everything(world: World, clients: Sequence[Client]) -> None:
    [server] = world.servers
    with contextlib.ExitStack() as stack:
        workers = [
            stack.enter_context(contextlib.closing(Visitor(server, worker)))
            for worker in server.worker_pids()
        ]
        acknowledged = [one for client in clients for one in client.acknowledged.values()]
        visitors = [worker.sign_in("vera") for worker in workers]
        events = check(world.postgres.url, world.valkey.url, acknowledged, visitors)
    say(f"{'all is right':16} {events} events")
    assert "Traceback" not in (log := world.log_text()), log


def progress(clients: Sequence[Client]) -> str:
    acknowledged, retries, repeats = (
        sum(numbers)
        for numbers in zip(*((len(c.acknowledged), c.retries, c.repeats) for c in clients), strict=True)
    )
    return f"{acknowledged} events acknowledged, {retries} tries again, {repeats} repeats"
