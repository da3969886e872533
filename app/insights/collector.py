"""The collector: on each tick, one worker computes each watched workspace's figures for all of its streams.

Who leads a workspace holds a lease in Redis. Without Redis, and when a leader's figures fail to come, a worker
computes for its own streams: a figure may be computed twice then, but never missing.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from time import monotonic
from uuid import UUID

import gevent
from redis.client import Pipeline

from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.errors import DATABASE_AWAY
from app.redis_link import RedisLink

log = logging.getLogger(__name__)

LEAD = "pulse:lead:"
LEASE_TICKS = 2.5  # a dead leader is replaced within two ticks or so
OVERDUE_TICKS = 1.6

Compute = Callable[[Iterable[UUID], datetime], dict[UUID, Stats]]


class Collector:
    """One worker's ticks. `watched` tells the workspaces with streams here and the age of their figures."""

    def __init__(
        self,
        link: RedisLink,
        worker: str,
        interval: float,
        compute: Compute,
        watched: Callable[[], dict[UUID, float]],
        share: Callable[[UUID, Stats], None],
    ):
        self._link = link
        self._worker = worker
        self._interval = interval
        self._compute = compute
        self._watched = watched
        self._share = share

    def run(self) -> None:
        """Tick for ever; a tick that fails is logged, and the next one comes all the same."""
        gevent.sleep(random.uniform(0, self._interval))  # so that a fleet does not tick at once
        while True:
            started = monotonic()
            try:
                self.tick()
            except DATABASE_AWAY as error:
                log.warning("no figures this tick, database away: %s", type(error).__name__)
            except Exception:
                log.exception("a tick failed")
            gevent.sleep(max(0.0, started + self._interval - monotonic()))

    def tick(self) -> None:
        """Compute and share the figures of the workspaces that this worker leads or has waited for too long."""
        watched = self._watched()
        led = self._lead(list(watched))
        overdue = {ws for ws, age in watched.items() if age > OVERDUE_TICKS * self._interval}
        if workspaces := led | overdue:
            for workspace, stats in self._compute(workspaces, to_millisecond(datetime.now(UTC))).items():
                self._share(workspace, stats)

    def _lead(self, workspaces: list[UUID]) -> set[UUID]:
        """Those of the workspaces that this worker leads for the coming tick."""
        if not workspaces:
            return set()
        answers = self._link.pipeline(lambda pipe: self._claim(pipe, workspaces))
        if answers is None:
            return set(workspaces)
        holders = answers[1::2]
        led = {ws for ws, holder in zip(workspaces, holders, strict=True) if holder == self._worker.encode()}
        self._link.pipeline(lambda pipe: [pipe.pexpire(f"{LEAD}{ws}", self._lease_ms) for ws in led])
        return led

    @property
    def _lease_ms(self) -> int:
        return round(LEASE_TICKS * self._interval * 1000)

    def _claim(self, pipe: Pipeline, workspaces: Iterable[UUID]) -> None:
        for workspace in workspaces:
            pipe.set(f"{LEAD}{workspace}", self._worker, nx=True, px=self._lease_ms)
            pipe.get(f"{LEAD}{workspace}")
