"""The registry of open streams over all workers: how many each workspace, user and address has.

In Redis: a hash per counted thing (worker → streams) and a sorted set of workers by their last beat. A worker that
stops beating is not counted any more, whatever it left behind. Without Redis each worker counts its own.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from time import time
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
BEAT_EVERY = 2.0  # seconds
LEASE = 10.0  # seconds without a beat after which a worker counts as dead
# Everything is told again in so many beats: thousands of users at each beat would hold up the streams.
TURNS = 30
HASH_EXPIRES = 180  # seconds after the last turn of a worker with such streams
GATHER = 0.02  # seconds in which ended streams are gathered, to be told in one round trip
RETRY_AFTER = 10  # seconds that a refused client should wait

Key = tuple[str, str]  # what kind of thing is counted, and which one


@dataclass(frozen=True, slots=True)
class Limits:
    """How many streams may be open at once."""

    worker: int
    workspace: int
    user: int
    address: int


def keys_of(identity: Identity) -> tuple[Key, Key, Key]:
    """What a stream counts towards."""
    return (
        ("workspace", str(identity.workspace_id)),
        ("user", str(identity.user_id)),
        ("address", client_network(identity.address)),
    )


class Registry:
    """This worker's part of the registry, and the sums over all parts."""

    def __init__(self, link: RedisLink, worker: str, limits: Limits):
        self._link = link
        self._worker = worker
        self._workers = link.name(WORKERS)
        self.limits = limits
        self._mine: Counter[Key] = Counter()
        self._entering = Coalescer(self._enter_all)
        self._open = 0
        self._changed: set[Key] = set()
        self._has_changed = Event()
        self._updates: gevent.Greenlet[..., None] | None = None
        self._turns = itertools.cycle(range(TURNS))

    def start(self) -> None:
        """Begin to tell of ended streams."""
        self._updates = gevent.spawn(supervise, self._tell, job="registry-news")

    def stop(self) -> None:
        """Take this worker's streams out of the sums."""
        if self._updates:
            self._updates.kill()
        self._link.pipeline(self._sign_off)

    @property
    def open_streams(self) -> int:
        """Streams on this worker."""
        return self._open

    def enter(self, identity: Identity) -> None:
        """Count a new stream; raises TooManyStreams or TooManyOfYours, and then counts nothing."""
        if self._open >= self.limits.worker:
            raise TooManyStreams(f"It serves {self.limits.worker} at most.", retry_after=RETRY_AFTER)
        keys = keys_of(identity)
        self._open += 1
        self._mine.update(keys)
        here = {key: self._mine[key] for key in keys}  # now: who comes later must not count against this one
        elsewhere = self._entering.get(keys)
        for key in keys:
            limit = getattr(self.limits, key[0])
            if here[key] + elsewhere[key] > limit:
                self.leave(identity)
                detail = f"This {key[0]} has {limit} streams open already, which is the limit."
                raise TooManyOfYours(detail, retry_after=RETRY_AFTER)

    def leave(self, identity: Identity) -> None:
        """A counted stream has ended. Does not wait for Redis: it is called where streams are written."""
        keys = keys_of(identity)
        self._open -= 1
        self._mine.subtract(keys)
        self._tell_later(keys)

    def forget(self, workers: Collection[str]) -> bool:
        """Count the streams of these workers no more: they have died. False while Redis is away."""
        return self._link.pipeline(lambda pipe: pipe.zrem(self._workers, *workers)) is not None

    def count(self, workspace: UUID) -> int:
        """Streams of a workspace on all workers (on this one alone while Redis is away)."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace]))
        return self.read_counts(answers, [workspace])[workspace]

    def alive(self) -> int | None:
        """How many workers live, this one among them once it has started; None while Redis is away."""
        answers = self._link.pipeline(lambda pipe: self._ask(pipe, []))
        return None if answers is None else len(answers[0])

    def counts(self, workspaces: Iterable[UUID]) -> dict[UUID, int]:
        """Streams by workspace on all workers, in one round trip."""
        asked = list(workspaces)
        return self.read_counts(self._link.pipeline(lambda pipe: self.count_into(pipe, asked)), asked)

    def workers(self, workspace: UUID) -> set[str]:
        """The other live workers that have streams of a workspace."""
        answers = self._link.pipeline(lambda pipe: self.count_into(pipe, [workspace])) or [[], {}]
        others = set(answers[0]) - {self._worker.encode()}
        found = answers[1].items()
        return {worker.decode() for worker, streams in found if worker in others and int(streams) > 0}

    def count_into(self, pipe: Pipeline, workspaces: Iterable[UUID]) -> None:
        """Queue, in a pipeline of the caller's, what `read_counts` reads."""
        self._ask(pipe, [("workspace", str(workspace)) for workspace in workspaces])

    def read_counts(self, answers: list | None, workspaces: Iterable[UUID]) -> dict[UUID, int]:
        """Streams by workspace from the answers to `count_into`; what runs here is known without Redis."""
        keys = {workspace: ("workspace", str(workspace)) for workspace in workspaces}
        elsewhere = self._elsewhere(answers, keys.values())
        return {workspace: self._mine[key] + elsewhere[key] for workspace, key in keys.items()}

    def _enter_all(self, entering: Sequence[Collection[Key]]) -> Sequence[Counter[Key]]:
        """Tell of those who enter together, and learn how many the other workers have."""
        keys = list(dict.fromkeys(itertools.chain.from_iterable(entering)))
        answers = self._link.pipeline(lambda pipe: self._enter_into(pipe, keys), partly=True)
        if answers is None or any(map(is_refusal, answers)):
            self._tell_later(keys)
        return [self._elsewhere(answers and answers[2 * len(keys) :], keys)] * len(entering)

    def _elsewhere(self, answers: list | None, keys: Iterable[Key]) -> Counter[Key]:
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

    def _enter_into(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        for key in keys:
            self._store(pipe, key)
        self._ask(pipe, keys)

    def _ask(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        pipe.zrangebyscore(self._workers, time() - LEASE, "+inf")
        for key in keys:
            pipe.hgetall(self._name(key))

    def _store(self, pipe: Pipeline, key: Key) -> None:
        pipe.hset(self._name(key), self._worker, self._mine[key])
        pipe.expire(self._name(key), HASH_EXPIRES)

    def _tell(self) -> None:
        while True:
            self._has_changed.wait()
            gevent.sleep(GATHER)
            self._has_changed.clear()
            changed, self._changed = self._changed, set()
            told = False
            try:
                told = self._tell_of(changed)
            finally:
                if not told:  # others would go on to count streams that have ended
                    self._tell_later(changed)
            if not told:
                gevent.sleep(BEAT_EVERY)

    def _tell_later(self, keys: Iterable[Key]) -> None:
        self._changed.update(keys)
        self._has_changed.set()

    def _tell_of(self, keys: Collection[Key]) -> bool:
        ended = {key for key in keys if self._mine[key] <= 0}
        if self._link.pipeline(lambda pipe: self._update(pipe, keys)) is None:
            return False
        for key in ended - self._changed:
            if self._mine[key] <= 0:
                del self._mine[key]
        return True

    def _update(self, pipe: Pipeline, keys: Iterable[Key]) -> None:
        for key in keys:
            if self._mine[key] > 0:
                self._store(pipe, key)
            else:
                pipe.hdel(self._name(key), self._worker)

    def beat(self) -> None:
        """Tell the other workers that this one is alive, and again a part of its counts."""
        turn = next(self._turns)
        answers = self._link.pipeline(lambda pipe: pipe.zadd(self._workers, {self._worker: time()}))
        forgotten = answers == [1]  # at first, or because Redis was wiped meanwhile
        self._tell_of([key for key in self._mine if forgotten or hash(key) % TURNS == turn])

    def _sign_off(self, pipe: Pipeline) -> None:
        pipe.zrem(self._workers, self._worker)
        for key in {*self._mine, *self._changed}:
            pipe.hdel(self._name(key), self._worker)

    def sweep(self) -> None:
        """Delete the counts of dead workers."""
        # Only the hashes that live workers keep alive need it; the others expire.
        keys = list(self._mine)
        answers = self._link.pipeline(lambda pipe: self._ask(pipe, keys))
        if answers:
            alive = set(answers[0])
            dead = {key: set(found) - alive for key, found in zip(keys, answers[1:], strict=True)}
            self._link.pipeline(lambda pipe: self._forget(pipe, dead))

    def _forget(self, pipe: Pipeline, dead: dict[Key, set[bytes]]) -> None:
        pipe.zremrangebyscore(self._workers, "-inf", time() - LEASE)
        for key, workers in dead.items():
            if workers:
                pipe.hdel(self._name(key), *workers)

    def _name(self, key: Key) -> str:
        return self._link.name(STREAMS, key[0], ":", key[1])
