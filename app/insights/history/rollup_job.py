"""The roll-up job: rolls up samples and prunes old history, on one worker of the cluster.

That worker holds a lease in Redis. Without Redis each worker tries; PostgreSQL's advisory lock ensures that only
one runs at a time.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from app.domain.resolution import HOUR, MINUTE, HistoryRetention
from app.insights.history import roll_ups
from app.postgres import clocks
from app.postgres.advisory_locks import AdvisoryLock, try_lock
from app.postgres.link import lift_timeouts
from app.postgres.statements import autocommit

INTERVAL = 15.0  # seconds; history's current minute is at most this old
ROUNDS_PER_HOUR_ROLL_UP = 20  # pruning too; history's current hour is at most 5 minutes old
LEASE_NAME = "history"


class RollupJob:
    """One worker's rounds of the job; the first one after it acquires the lease is thorough."""

    def __init__(self, engine: Engine, retention: HistoryRetention):
        self._engine = engine
        self._retention = retention
        self._round = 0  # since this worker got the lease

    def stand_by(self) -> None:
        """Another worker holds the lease: begin with a thorough round next time."""
        self._round = 0

    def run_once(self, now: datetime | None = None) -> None:
        """Run one round; the first is thorough, since the former holder of the lease has died.

        `now` is the database's clock by default. Nothing is pruned while this machine's differs (ClockSkew).
        """
        with autocommit(self._engine) as connection:
            lift_timeouts(connection)
            with try_lock(connection, AdvisoryLock.ROLL_UPS) as is_locked:
                if is_locked:
                    ours = now or datetime.now(UTC)
                    self._run_locked(connection, now or clocks.database_now(connection), ours)

    def _run_locked(self, connection: Connection, now: datetime, ours: datetime) -> None:
        thorough, hours_too = self._round == 0, self._round % ROUNDS_PER_HOUR_ROLL_UP == 0
        minutes_since = now - self._retention.ticks if thorough else now - MINUTE
        roll_ups.roll_up_minutes(connection, minutes_since, now, self._retention)
        if hours_too:
            hours_since = minutes_since if thorough else now
            roll_ups.roll_up_hours(connection, hours_since - HOUR, now, self._retention)
        self._round += 1
        if hours_too:
            clocks.refuse_skew(now, ours)
            roll_ups.prune(connection, now, self._retention)
