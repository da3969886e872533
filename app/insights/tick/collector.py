"""The collector: on each tick, one worker computes each workspace's figures, for all its streams and for history.

The leader of a workspace holds a lease in Redis. Without Redis, and when a leader's figures are overdue, each
worker computes for its own streams: a figure may then be computed twice, but is never missing. Active workspaces
without streams are led by one worker, so that their history has no gap.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic, time
from uuid import UUID

from app.background import signals
from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.redis.leases import Leases

# Survives a late tick; and after a leader's death at most two ticks are missing, although the next leader's phase
# may be earlier, by as much as PHASE_RANGE allows.
LEASE_TICKS = 2.2
OVERDUE_TICKS = 1.6
UNWATCHED = "unwatched"  # the lease on all workspaces without streams
# A worker's phase within the interval is random, so that a fleet does not tick at once; it is away from the ends,
# so that a tick that is a little late still belongs to its interval.
PHASE_RANGE = (0.1, 0.8)

Compute = Callable[[Iterable[UUID], datetime], dict[UUID, Stats]]
Publish = Callable[[Mapping[UUID, Stats]], None]
Record = Callable[[Mapping[UUID, Stats], datetime], None]


class Collector:
    """One worker's ticks, one per interval; intervals are aligned on all workers, `interval` seconds long.

    `watched` returns the workspaces with streams on this worker and the age of their figures in seconds, `active`
    those with recent events. `publish` receives the figures for streams, `record` all figures, for history.
    """

    def __init__(
        self,
        leases: Leases,
        interval: float,
        compute: Compute,
        watched: Callable[[], Mapping[UUID, float]],
        active: Callable[[datetime], Collection[UUID]],
        publish: Publish,
        record: Record,
    ):
        self._leases = leases
        self._interval = interval
        self._compute = compute
        self._watched = watched
        self._active = active
        self._publish = publish
        self._record = record
        self._phase = random.uniform(*PHASE_RANGE) * interval

    def tick(self) -> None:
        """Compute the figures of the workspaces that this worker leads; publish them, record them for history."""
        begun = monotonic()
        self._tick()
        signals.ticked.send(None, seconds=monotonic() - begun)

    def seconds_until_tick(self) -> float:
        """Seconds until this worker's phase in the next interval."""
        now = time()
        number = (now - self._phase) // self._interval + 1
        return number * self._interval + self._phase - now

    def _tick(self) -> None:
        now = to_millisecond(datetime.now(UTC))
        watched = self._watched()
        due = self._lead(watched) | {
            ws for ws, age in watched.items() if age > OVERDUE_TICKS * self._interval
        }
        others = self._lead_unwatched(watched, now)
        if not due and not others:
            return
        found = self._compute(due | others, now)
        self._publish({ws: stats for ws, stats in found.items() if ws in due})
        self._record(found, now)

    def _lead(self, watched: Iterable[UUID]) -> set[UUID]:
        """Acquire leases; the workspaces that this worker leads for this tick (all, while Redis is away)."""
        workspaces = list(watched)
        led = self._leases.acquire(workspaces)
        return set(workspaces) if led is None else led

    def _lead_unwatched(self, watched: Collection[UUID], now: datetime) -> set[UUID]:
        if self._leases.acquire([UNWATCHED]) == set():
            return set()
        workspaces = [ws for ws in self._active(now) if ws not in watched]
        led = self._leases.acquire(workspaces, exclusive=False)
        return set(workspaces) if led is None else led
