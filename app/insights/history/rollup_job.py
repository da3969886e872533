"""Roll-up job: rolls up samples and prunes history, on one worker of the cluster.

That worker has a lease in Redis; without Redis it is the one that gets PostgreSQL's advisory lock, which also
keeps two from doing it at once.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from app.domain.resolution import HOUR, MINUTE, HistoryRetention
from app.insights.history import roll_ups
from app.postgres import clocks
from app.postgres.advisory_locks import AdvisoryLock, try_lock
from app.postgres.link import lift_limits
from app.postgres.statements import autocommit

EVERY = 15.0  # seconds; the running minute in history is this old at most
HOURS_EVERY = 20  # rounds, and so is pruning: the running hour is 5 minutes old at most
HISTORY = "history"  # the lease


class RollupJob:
    """One worker's rounds."""

    def __init__(self, engine: Engine, kept: HistoryRetention):
        self._engine = engine
        self._kept = kept
        self._round = 0  # since this worker got the lease

    def stand_by(self) -> None:
        """Another worker has the lease."""
        self._round = 0

    def run_once(self, now: datetime | None = None) -> None:
        """Do a round; the first is thorough, for the worker that had the lease before has died.

        `now` is the database's clock by default. Nothing is deleted while this machine's differs (ClocksDiffer).
        """
        with autocommit(self._engine) as connection:
            lift_limits(connection)
            with try_lock(connection, AdvisoryLock.ROLL_UPS) as is_locked:
                if is_locked:
                    ours = now or datetime.now(UTC)
                    self._run_locked(connection, now or clocks.database_now(connection), ours)

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
