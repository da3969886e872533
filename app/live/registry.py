"""The registry of open streams on all workers: how many each workspace, user and address has, for the limits.

In Redis: a hash for each key (worker → streams), and a sorted set of workers by their last heartbeat. A worker
without a heartbeat is not counted, whatever it left behind. Without Redis each worker counts its own streams.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from time import time
from typing import Any
from uuid import UUID

import gevent
from gevent.event import Event
from redis.client import Pipeline

from app.background.coalescing import Coalescer
from app.background.job import supervise
from app.domain.client_address import client_network
from app.errors import TooManyOfYours, TooManyStreams
from app.live.identity import Identity
from app.redis.link import RedisLink, is_refusal

WORKERS = "workers"
STREAMS = "streams:"
HEARTBEAT_EVERY = 2.0  # seconds
WORKER_TTL = 10.0  # seconds without a heartbeat after which a worker counts as dead
# All counts are stored again in so many heartbeats: thousands of users at each would hold up the streams.
REFRESH_HEARTBEATS = 30
HASH_TTL = 180  # seconds
BATCH_WINDOW = 0.02  # seconds in which changes are collected, to be stored in one round trip
RETRY_AFTER = 10  # seconds that a refused client should wait

Key = tuple[str, str]  # "workspace", "user" or "address", and which one
RedisAnswers = Sequence[Any]  # redis-py types no answer


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How many streams may be open at once."""

    worker: int
    workspace: int
    user: int
    address: int


def keys_of(identity: Identity) -> tuple[Key, Key, Key]:
    """The keys that a stream is counted under."""
    return (
        ("workspace", str(identity.workspace_id)),
        ("user", str(identity.user_id)),
        ("address", client_network(identity.address)),
    )


class Registry:
    """This worker's counts, and the sums over all workers."""

    def __init__(self, link: RedisLink, worker: str, limits: StreamLimits):
        self._link = link
        self._worker = worker
        self._workers = link.name(WORKERS)
        self.limits = limits
        self._mine: Counter[Key] = Counter()
        self._registering = Coalescer(self._register_all)
        self._open = 0
        self._changed: set[Key] = set()
        self._has_changed = Event()
        self._updates: gevent.Greenlet[..., None] | None = None
        self._turns = itertools.cycle(range(REFRESH_HEARTBEATS))

    def start(self) -> None:
        """Start to store counts as they change."""
        self._updates = gevent.spawn(supervise, self._update_forever, job="registry-news")

    def stop(self) -> None:
        """Remove this worker from Redis."""
        if self._updates:
            self._updates.kill()
        self._link.pipeline(self._remove_self)

    @property
    def open_streams(self) -> int:
        """Streams on this worker."""
        return self._open

    def register(self, identity: Identity) -> None:
        """Count a new stream; raises TooManyStreams or TooManyOfYours, and then counts nothing."""
        if self._open >= self.limits.worker:
            raise TooManyStreams(f"It serves {self.limits.worker} at most.", retry_after=RETRY_AFTER)
        keys = keys_of(identity)
        self._open += 1
        self._mine.update(keys)
        here = {key: self._mine[key] for key in keys}  # now: later ones must not count against this one
        elsewhere = self._registering.get(keys)
        for key in keys:
            limit = getattr(self.limits, key[0])
            if here[key] + elsewhere[key] > limit:
                self.unregister(identity)
                detail = f"This {key[0]} has {limit} streams open already, which is the limit."
                raise TooManyOfYours(detail, retry_after=RETRY_AFTER)

    def unregister(self, identity: Identity) -> None:
        """Count a stream no longer. Does not wait for Redis: it is called where streams are written."""
        keys = keys_of(identity)
        self._open -= 1
        self._mine.subtract(keys)
        self._mark_changed(keys)

    def remove_workers(self, workers: Collection[str]) -> bool:
        """Count the streams of these dead workers no longer. False while Redis is away."""
        return self._link.pipeline(lambda pipe: pipe.zrem(self._workers, *workers)) is not None

    def count(self, workspace: UUID) -> int:
        """Streams of a workspace on all workers (on this one alone while Redis is away)."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace]))
        return self.read_counts(answers, [workspace])[workspace]

    def live_workers(self) -> int | None:
        """How many workers live, with this one once it has started; None while Redis is away."""
        answers = self._link.pipeline(lambda pipe: self._query(pipe, []))
        return None if answers is None else len(answers[0])

    def counts(self, workspaces: Iterable[UUID]) -> dict[UUID, int]:
        """Streams by workspace on all workers, in one round trip."""
        counted = list(workspaces)
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, counted))
        return self.read_counts(answers, counted)

    def other_workers(self, workspace: UUID) -> set[str]:
        """The other live workers that have streams of a workspace."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace])) or [[], {}]
        others = set(answers[0]) - {self._worker.encode()}
        found = answers[1].items()
        return {worker.decode() for worker, streams in found if worker in others and int(streams) > 0}

    def count_into(self, pipe: Pipeline, workspaces: Iterable[UUID]) -> None:
        """Queue in the caller's pipeline the commands whose answers `read_counts` takes."""
        self._query(pipe, [("workspace", str(workspace)) for workspace in workspaces])

    def read_counts(self, answers: RedisAnswers | None, workspaces: Iterable[UUID]) -> dict[UUID, int]:
        """Streams by workspace from the answers to `count_into`; this worker's own are known without Redis."""
        keys = {workspace: ("workspace", str(workspace)) for workspace in workspaces}
        elsewhere = self._elsewhere(answers, keys.values())
        return {workspace: self._mine[key] + elsewhere[key] for workspace, key in keys.items()}

    def _register_all(self, registering: Sequence[Collection[Key]]) -> Sequence[Counter[Key]]:
        """Store the counts of new streams, and read those of the other workers, in one round trip."""
        keys = list(dict.fromkeys(itertools.chain.from_iterable(registering)))
        answers = self._link.pipeline(lambda pipe: self._store_and_query(pipe, keys), partly=True)
        if answers is None or any(map(is_refusal, answers)):
            self._mark_changed(keys)
        return [self._elsewhere(answers and answers[2 * len(keys) :], keys)] * len(registering)

    def _elsewhere(self, answers: RedisAnswers | None, keys: Iterable[Key]) -> Counter[Key]:
        # A Redis that refuses to store may still answer what it knows; what it refuses to read is unknown.
        alive, *hashes = [[] if is_refusal(answer) else answer for answer in answers or [[]]]
        others = set(alive) - {self._worker.encode()}
        return Counter(
            {
                key: sum(int(n) for worker, n in streams.items() if worker in others)
                for key, streams in zip(keys, hashes, strict=False)
                if streams
            }
        )

    def _store_and_query(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        for key in keys:
            self._store(pipe, key)
        self._query(pipe, keys)

    def _query(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        pipe.zrangebyscore(self._workers, time() - WORKER_TTL, "+inf")
        for key in keys:
            pipe.hgetall(self._name(key))

    def _store(self, pipe: Pipeline, key: Key) -> None:
        pipe.hset(self._name(key), self._worker, self._mine[key])
        pipe.expire(self._name(key), HASH_TTL)

    def _update_forever(self) -> None:
        while True:
            self._has_changed.wait()
            gevent.sleep(BATCH_WINDOW)
            self._has_changed.clear()
            changed, self._changed = self._changed, set()
            stored = False
            try:
                stored = self._update(changed)
            finally:
                if not stored:  # others would go on to count streams that have ended
                    self._mark_changed(changed)
            if not stored:
                gevent.sleep(HEARTBEAT_EVERY)

    def _mark_changed(self, keys: Iterable[Key]) -> None:
        self._changed.update(keys)
        self._has_changed.set()

    def _update(self, keys: Collection[Key]) -> bool:
        ended = {key for key in keys if self._mine[key] <= 0}
        if self._link.pipeline(lambda pipe: self._update_into(pipe, keys)) is None:
            return False
        for key in ended - self._changed:
            if self._mine[key] <= 0:
                del self._mine[key]
        return True

    def _update_into(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        for key in keys:
            if self._mine[key] > 0:
                self._store(pipe, key)
            else:
                pipe.hdel(self._name(key), self._worker)

    def beat(self) -> None:
        """Store that this worker lives, and a part of its counts again."""
        turn = next(self._turns)
        answers = self._link.pipeline(lambda pipe: pipe.zadd(self._workers, {self._worker: time()}))
        is_new = answers == [1]  # at first, or because Redis was wiped meanwhile
        self._update([key for key in self._mine if is_new or hash(key) % REFRESH_HEARTBEATS == turn])

    def _remove_self(self, pipe: Pipeline) -> None:
        pipe.zrem(self._workers, self._worker)
        for key in {*self._mine, *self._changed}:
            pipe.hdel(self._name(key), self._worker)

    def sweep(self) -> None:
        """Delete the counts of dead workers."""
        # Only the hashes that live workers keep alive need it; the others expire.
        keys = list(self._mine)
        answers = self._link.pipeline(lambda pipe: self._query(pipe, keys))
        if answers:
            alive = set(answers[0])
            dead = {key: set(found) - alive for key, found in zip(keys, answers[1:], strict=True)}
            self._link.pipeline(lambda pipe: self._remove_dead(pipe, dead))

    def _remove_dead(self, pipe: Pipeline, dead: dict[Key, set[bytes]]) -> None:
        pipe.zremrangebyscore(self._workers, "-inf", time() - WORKER_TTL)
        for key, workers in dead.items():
            if workers:
                pipe.hdel(self._name(key), *workers)

    def _name(self, key: Key) -> str:
        return self._link.name(STREAMS, key[0], ":", key[1])
