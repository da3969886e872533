"""The collector: on each tick, one worker computes each workspace's figures, for all its streams and for history.

Who leads a workspace holds a lease in Redis. Without Redis, and when a leader's figures fail to come, a worker
computes for its own streams: a figure may be computed twice then, but never missing. Workspaces that nobody
watches, but where something happened lately, are led by one worker for the sake of their history.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic, time
from uuid import UUID

import gevent

from app.background import signals
from app.background.periodic import attempt
from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.redis.leases import Leases

# Long enough for a tick that comes late; and once a leader has died, no more than two ticks are missing, though
# its heir may come earlier in its turn, by as much as PHASES allow.
LEASE_TICKS = 2.2
OVERDUE_TICKS = 1.6
UNWATCHED = "unwatched"  # the lease on all workspaces that nobody watches
# Within a turn, so that a fleet does not tick at once, and away from its ends, so that a tick that comes a little
# late is still of its turn.
PHASES = (0.1, 0.8)

Compute = Callable[[Iterable[UUID], datetime], dict[UUID, Stats]]
Share = Callable[[Mapping[UUID, Stats]], None]
Record = Callable[[Mapping[UUID, Stats], datetime], None]


class Collector:
    """One worker's ticks, one a turn; turns begin at the same moments on all workers, every `interval` seconds.

    `watched` tells the workspaces with streams here and the age of their figures, `lively` those where something
    happened lately. `share` is given the figures that streams wait for, `record` all.
    """

    def __init__(
        self,
        leases: Leases,
        interval: float,
        compute: Compute,
        watched: Callable[[], Mapping[UUID, float]],
        lively: Callable[[datetime], Collection[UUID]],
        share: Share,
        record: Record,
    ):
        self._leases = leases
        self._interval = interval
        self._compute = compute
        self._watched = watched
        self._lively = lively
        self._share = share
        self._record = record
        self._phase = random.uniform(*PHASES) * interval

    def run(self) -> None:
        """Tick for ever; a tick that fails is logged, and the next one comes all the same."""
        while True:
            gevent.sleep(self._until_next(time()))
            begun = monotonic()
            if attempt(self.tick, job="figures"):
                signals.ticked.send(None, seconds=monotonic() - begun)

    def tick(self) -> None:
        """Compute the figures that this worker has to see to; share them, and record them for history."""
        now = to_millisecond(datetime.now(UTC))
        watched = self._watched()
        awaited = self._lead(watched) | {
            ws for ws, age in watched.items() if age > OVERDUE_TICKS * self._interval
        }
        others = self._lead_unwatched(watched, now)
        if not awaited and not others:
            return
        found = self._compute(awaited | others, now)
        self._share({ws: stats for ws, stats in found.items() if ws in awaited})
        self._record(found, now)

    def _lead(self, watched: Iterable[UUID]) -> set[UUID]:
        """Those of the workspaces that this worker leads for the coming tick."""
        names = list(watched)
        led = self._leases.claim(names)
        return set(names) if led is None else led

    def _lead_unwatched(self, watched: Collection[UUID], now: datetime) -> set[UUID]:
        if self._leases.claim([UNWATCHED]) == set():
            return set()
        names = [ws for ws in self._lively(now) if ws not in watched]
        led = self._leases.claim(names, firmly=False)
        return set(names) if led is None else led

    def _until_next(self, now: float) -> float:
        """Seconds until this worker's moment in the next turn."""
        turn = (now - self._phase) // self._interval + 1
        return turn * self._interval + self._phase - now
