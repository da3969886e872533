"""One round of upkeep: partitions for the days to come, none for days long gone, and no stale rows.

One process in the cluster at a time does it: whoever holds an advisory lock of PostgreSQL. A lease in Redis could
run out half-way through a drop; this lock lasts exactly as long as the connection that works, and needs no Redis.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.errors import JobRefused
from app.event_log import partitions
from app.event_log.partitions import Partition
from app.maintenance.stale_rows import STALE
from app.postgres import clocks
from app.postgres.advisory_locks import AdvisoryLock, try_lock
from app.postgres.link import lift_timeouts
from app.postgres.statements import autocommit

log = logging.getLogger(__name__)

DAYS_AHEAD = 4  # today and three more: a long weekend without upkeep stops nothing
# And up to a day more, for whole days go. A retry is recognised for 48 hours at least.
IDS_KEPT = timedelta(hours=72)
MOST_DAYS = 3  # dropped in a round without being asked to; a long weekend without upkeep is no more
LOCK_TIMEOUT = "5s"  # what is in use now can go an hour later


class Pruned(NamedTuple):
    """What went, or would go."""

    days: list[Partition]  # of events
    ids: list[Partition]  # days of event ids
    rows: dict[str, int]  # by table


class TooManyDays(JobRefused):
    """A round would drop more days than pass between rounds: a clock is wrong, or the retention was cut."""


def keep_up_now(
    engine: Engine, ours: datetime, retention: timedelta, *, many_days: bool = False
) -> Pruned | None:
    """Do a round by the database's clock; None if somebody else is at it.

    `ours` is this machine's clock, `retention` how long events are kept. Makes days, but deletes nothing, where
    the two clocks disagree (ClockSkew), and where more than three days would go (TooManyDays) without
    `many_days`.
    """
    with engine.connect() as connection:
        now = clocks.database_now(connection)
    return keep_up(engine, now, retention, ours=ours, most_days=None if many_days else MOST_DAYS)


def keep_up(
    engine: Engine,
    now: datetime,
    retention: timedelta,
    *,
    ours: datetime | None = None,
    most_days: int | None = None,
) -> Pruned | None:
    """The same when the database's clock says `now`."""
    with _working_connection(engine) as connection, try_lock(connection, AdvisoryLock.RETENTION) as is_locked:
        if not is_locked:
            return None
        make_days(engine, now)
        clocks.refuse_skew(now, ours or now)
        return prune(connection, now, retention, most_days)


def make_days(engine: Engine, now: datetime) -> None:
    """Make the partitions of the days to come."""
    with engine.begin() as connection:
        made = partitions.make(connection, now.astimezone(UTC).date(), DAYS_AHEAD)
    if made:
        log.info("made partitions for %s", ", ".join(map(str, made)))


def prune(
    connection: Connection, now: datetime, retention: timedelta, most_days: int | None = None
) -> Pruned:
    """Drop the days that are too old, delete stale rows; takes a connection that commits by itself."""
    expired = _expired(connection, now - retention)
    if most_days is not None and len(expired) > most_days:
        raise TooManyDays(
            f"{len(expired)} days, {expired[0].day} to {expired[-1].day}, would be dropped at once: see whether"
            " the clock is right, then run `flask --app wsgi events prune --many-days`"
        )
    partitions.drop_detached(connection)
    days = [partition for partition in expired if _drop(connection, partition)]
    ids = [partition for partition in _expired_ids(connection, now) if _drop(connection, partition)]
    return Pruned(days, ids, {stale.table: stale.prune(connection, now, retention) for stale in STALE})


def would_prune(engine: Engine, now: datetime, retention: timedelta) -> Pruned:
    """What `prune` would do; changes nothing."""
    with _working_connection(engine) as connection:
        return Pruned(
            _expired(connection, now - retention),
            _expired_ids(connection, now),
            {stale.table: stale.count(connection, now, retention) for stale in STALE},
        )


def _expired(connection: Connection, before: datetime) -> list[Partition]:
    """The days to drop; never that of the latest event, or a clock that is wrong could empty the log."""
    latest = partitions.latest_day(connection)
    return [partition for partition in partitions.expired(connection, before) if partition.day != latest]


def _expired_ids(connection: Connection, now: datetime) -> list[Partition]:
    """The days of ids to drop; that of the latest event too, for a retry is not recognised for longer."""
    return partitions.expired(connection, now - IDS_KEPT, partitions.EVENT_IDS)


def _drop(connection: Connection, partition: Partition) -> bool:
    try:
        partitions.drop(connection, partition)
    except OperationalError as error:  # somebody reads it, an export perhaps
        if error.connection_invalidated:
            raise
        told = partition.table, partition.day, error.orig
        log.warning("the partition of %s of %s is in use, and goes later: %s", *told)
        return False
    log.info("dropped the partition of %s of %s", partition.table, partition.day)
    return True


@contextmanager
def _working_connection(engine: Engine) -> Iterator[Connection]:
    """One that commits by itself and takes its time; closed afterwards, and its advisory locks with it."""
    with autocommit(engine) as connection:
        lift_timeouts(connection)
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        yield connection
