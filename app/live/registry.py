"""The registry of open streams over all workers: how many each workspace has, told by workers that are alive.

In Redis: a hash per workspace (worker → streams) and a sorted set of workers by their last beat. A worker that
stops beating is not counted any more, whatever it left behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from time import time
from uuid import UUID

import gevent
from redis.client import Pipeline

from app.redis_link import RedisLink

WORKERS = "pulse:workers"
STREAMS = "pulse:streams:"
BEAT_EVERY = 2.0  # seconds
HASH_EXPIRES = 60  # seconds after the last beat of a worker with such streams
LEASE = 10.0  # seconds without a beat after which a worker counts as dead


class Registry:
    """This worker's part of the registry, and the sums over all parts."""

    def __init__(self, link: RedisLink, worker: str, cleanup_interval: float):
        self._link = link
        self._worker = worker
        self._cleanup_interval = cleanup_interval
        self._mine: Counter[UUID] = Counter()
        self._greenlets: list[gevent.Greenlet] = []

    def start(self) -> None:
        """Begin to beat, and to sweep what dead workers left behind."""
        self._greenlets = [gevent.spawn(self._beat), gevent.spawn(self._sweep)]

    def stop(self) -> None:
        """Take this worker's streams out of the sums."""
        gevent.killall(self._greenlets)
        self._link.pipeline(self._sign_off)

    def add(self, workspace: UUID) -> None:
        """A stream of this workspace opened here."""
        self._mine[workspace] += 1
        self._link.pipeline(lambda pipe: self._tell(pipe, workspace))

    def remove(self, workspace: UUID) -> None:
        """A stream of this workspace ended here."""
        self._mine[workspace] -= 1
        self._link.pipeline(lambda pipe: self._tell(pipe, workspace))

    def local(self, workspace: UUID) -> int:
        """Streams of this workspace on this worker."""
        return self._mine[workspace]

    def count(self, workspace: UUID) -> int:
        """Streams of this workspace on all workers (on this one alone while Redis is away)."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace]))
        return self.read_counts(answers, [workspace])[workspace]

    def workers(self, workspace: UUID) -> list[str]:
        """The live workers that have streams of this workspace, this one aside."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace]))
        if answers is None:
            return []
        alive, streams = set(answers[0]), answers[1]
        mine = self._worker.encode()
        return [name.decode() for name, n in streams.items() if name in alive and name != mine and int(n) > 0]

    def count_into(self, pipe: Pipeline, workspaces: Iterable[UUID]) -> None:
        """Queue, in a pipeline of the caller's, what `read_counts` reads."""
        pipe.zrangebyscore(WORKERS, time() - LEASE, "+inf")
        for workspace in workspaces:
            pipe.hgetall(f"{STREAMS}{workspace}")

    def read_counts(self, answers: list | None, workspaces: Iterable[UUID]) -> dict[UUID, int]:
        """Streams by workspace from the answers to `count_into`; what runs here is known without Redis."""
        alive, *hashes = answers or [[]]
        others = set(alive) - {self._worker.encode()}
        counts = {workspace: self._mine[workspace] for workspace in workspaces}
        for workspace, streams in zip(counts, hashes, strict=False):
            counts[workspace] += sum(int(n) for worker, n in streams.items() if worker in others)
        return counts

    def _tell(self, pipe: Pipeline, workspace: UUID) -> None:
        key, streams = f"{STREAMS}{workspace}", self._mine[workspace]
        if streams:
            pipe.hset(key, self._worker, streams)
            pipe.expire(key, HASH_EXPIRES)
        else:
            pipe.hdel(key, self._worker)
            self._mine.pop(workspace, None)

    def _beat(self) -> None:
        while True:
            self._link.pipeline(self._beat_into)
            gevent.sleep(BEAT_EVERY)

    def _beat_into(self, pipe: Pipeline) -> None:
        pipe.zadd(WORKERS, {self._worker: time()})
        for workspace in list(self._mine):  # all of them each time: Redis may have been wiped meanwhile
            self._tell(pipe, workspace)

    def _sign_off(self, pipe: Pipeline) -> None:
        pipe.zrem(WORKERS, self._worker)
        for workspace in self._mine:
            pipe.hdel(f"{STREAMS}{workspace}", self._worker)

    def _sweep(self) -> None:
        while True:
            gevent.sleep(self._cleanup_interval)
            self._sweep_once()

    def _sweep_once(self) -> None:
        # Only the hashes that live workers keep alive need it; the others expire.
        workspaces = list(self._mine)
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, workspaces))
        if answers:
            alive = set(answers[0])
            dead = {ws: set(found) - alive for ws, found in zip(workspaces, answers[1:], strict=True)}
            self._link.pipeline(lambda pipe: self._forget(pipe, dead))

    @staticmethod
    def _forget(pipe: Pipeline, dead: dict[UUID, set[bytes]]) -> None:
        pipe.zremrangebyscore(WORKERS, "-inf", time() - LEASE)
        for workspace, workers in dead.items():
            if workers:
                pipe.hdel(f"{STREAMS}{workspace}", *workers)
