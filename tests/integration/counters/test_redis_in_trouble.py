"""Redis emptied, killed or frozen during commits: posts go on, and one repair makes the counts right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import gevent
import pytest
from flask import Flask
from redis import Redis
from servers import until

from app.domain.event import NewEvent
from app.insights.tick.counter_repair import CounterRepair
from app.redis import link
from app.settings.config import Settings
from app.worker.process import Worker
from launcher.valkey import Valkey

MIKA = UUID(int=2)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Of this module alone, which ill-treats it."""
    server = Valkey(tmp_path_factory.mktemp("tormented"))
    yield server
    server.thaw()
    server.stop()


@pytest.fixture
def worker(app: Flask, environ: dict[str, str], valkey: Valkey) -> Iterator[Worker]:
    worker = Worker(Settings.from_environ(environ | {"REDIS_URL": valkey.start()}))
    worker.start()
    yield worker
    worker.stop()


class Poster:
    """Posts continuously until `stop`."""

    def __init__(self, worker: Worker, workspace: UUID):
        self.posted = 0
        self._worker = worker
        self._workspace = workspace
        self._stopping = False
        self._greenlet = gevent.spawn(self._run)

    def go_on(self) -> None:
        """Wait for some more commits."""
        enough = self.posted + 20
        until(lambda: self.posted >= enough, "posting to go on")

    def stop(self) -> None:
        """Return when the last one is committed and counted."""
        self._stopping = True
        self._greenlet.get()

    def post(self) -> None:
        self._worker.committer.submit([NewEvent(self._workspace, str(uuid4()), "user.login", {}, MIKA)])
        self.posted += 1

    def _run(self) -> None:
        while not self._stopping:
            self.post()
            gevent.sleep(0.005)


@pytest.fixture
def poster(worker: Worker, workspace: UUID) -> Iterator[Poster]:
    poster = Poster(worker, workspace)
    yield poster
    poster.stop()


@pytest.fixture
def redis(valkey: Valkey, worker: Worker) -> Iterator[Redis]:
    with link.connect(valkey.url) as client:
        yield client


def empty(valkey: Valkey, redis: Redis, poster: Poster) -> None:
    redis.flushall()
    poster.go_on()


def kill(valkey: Valkey, redis: Redis, poster: Poster) -> None:
    valkey.kill()
    poster.go_on()
    valkey.start()


def freeze(valkey: Valkey, redis: Redis, poster: Poster) -> None:
    valkey.freeze()
    poster.go_on()
    valkey.thaw()


@pytest.mark.parametrize("trouble", [empty, kill, freeze])
def test_one_repair_rights_the_counts(worker, engine, workspace, valkey, redis, counters, poster, trouble):
    def repair() -> None:
        CounterRepair(engine, counters).repair(datetime.now(UTC))

    def counted() -> tuple[int, dict[str, int]]:
        held = counters.read([workspace])[workspace]
        return held.mark.seq, dict(held.counts)

    poster.go_on()
    repair()
    trouble(valkey, redis, poster)
    until(lambda: worker.link.pipeline(lambda pipe: pipe.ping()), "Redis known to be back")
    poster.go_on()
    poster.stop()
    repair()
    assert counted() == (poster.posted, {"user.login": poster.posted})
    poster.post()
    assert counted() == (poster.posted, {"user.login": poster.posted}), "they count on by themselves"
