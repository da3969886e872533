"""The historian: rolls up samples and prunes what is old, on one worker of the cluster.

Who does it holds a lease in Redis; without Redis, whoever gets PostgreSQL's lock, which also keeps two from doing
it at once.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

import gevent
from sqlalchemy import Connection, Engine

from app.background.periodic import attempt
from app.domain.resolution import HOUR, MINUTE, HistoryRetention
from app.insights.history import roll_ups
from app.postgres import clocks
from app.postgres.link import lift_limits
from app.postgres.statements import autocommit
from app.redis.leases import Leases

LOCK = 0x50756C7368
EVERY = 15.0  # seconds; the running minute in history is this old at most
LEASE_SECONDS = 40.0
HOURS_EVERY = 20  # rounds, and so is pruning: the running hour is 5 minutes old at most
HISTORY = "history"  # the lease


class RollupJob:
    """One worker's rounds."""

    def __init__(self, engine: Engine, leases: Leases, kept: HistoryRetention):
        self._engine = engine
        self._leases = leases
        self._kept = kept
        self._round = 0  # since this worker got the lease

    def run(self) -> None:
        """Do rounds for ever; one that fails is logged, and the next one comes all the same."""
        gevent.sleep(random.uniform(0, EVERY))  # so that a fleet does not come at once
        while True:
            attempt(self.run_once, job="history")
            gevent.sleep(EVERY)

    def run_once(self, now: datetime | None = None) -> None:
        """Do a round, if it is this worker's to do; the first is thorough, for whoever did it before has died.

        `now` is the database's clock unless told. Nothing is deleted while this machine's differs (ClocksDiffer).
        """
        if self._leases.claim([HISTORY]) == set():
            self._round = 0
            return
        with autocommit(self._engine) as connection:
            lift_limits(connection)
            if not connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (LOCK,)).scalar_one():
                return
            ours = now or datetime.now(UTC)
            self._run_locked(connection, now or clocks.database_now(connection), ours)
            # Closing frees it too, but only when the server notices.
            connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))

    def _run_locked(self, connection: Connection, now: datetime, ours: datetime) -> None:
        thorough, hours_too = self._round == 0, self._round % HOURS_EVERY == 0
        minutes_since = now - self._kept.ticks if thorough else now - MINUTE
        roll_ups.roll_up_minutes(connection, minutes_since, now, self._kept)
        if hours_too:
            hours_since = minutes_since if thorough else now
            roll_ups.roll_up_hours(connection, hours_since - HOUR, now, self._kept)
        self._round += 1
        if hours_too:
            clocks.compare(now, ours)
            roll_ups.prune(connection, now, self._kept)
