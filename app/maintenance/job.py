"""The keeper: a greenlet of every worker that sees to a round of upkeep now and then, each hour by default."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import gevent
from sqlalchemy import Engine

from app.background import periodic
from app.maintenance.retention import keep_up_now

FIRST_WITHIN = 10.0  # seconds, so that a fleet that starts at once does not come at once


class Keeper:
    """Rounds of upkeep as long as the worker lives; a round that another worker does is left to it."""

    def __init__(
        self,
        engine: Engine,
        retention: timedelta,
        interval: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._engine = engine
        self._retention = retention
        self._interval = interval  # seconds, 0 = never
        self._clock = clock

    def run(self) -> None:
        """Do rounds for ever; one that fails is logged and counted, and the next one comes all the same."""
        if not self._interval:
            return
        gevent.sleep(random.uniform(0, FIRST_WITHIN))
        while True:
            self.run_once()
            gevent.sleep(self._interval)

    def run_once(self) -> bool:
        """Do a round, or log and count why there was none; whether it was done or left to another worker."""
        return periodic.attempt(
            lambda: keep_up_now(self._engine, self._clock(), self._retention), job="upkeep"
        )
