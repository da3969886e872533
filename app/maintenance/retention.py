"""Retention: creates partitions for the next days, drops those beyond the retention, and deletes stale rows.

One process of the cluster at a time runs it, under an advisory lock of PostgreSQL. A lease in Redis could expire
half-way through a drop; this lock lasts exactly as long as the connection that works, and needs no Redis.
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
from app.maintenance.stale_rows import STALE_ROWS
from app.postgres import clocks
from app.postgres.advisory_locks import AdvisoryLock, try_lock
from app.postgres.link import lift_timeouts
from app.postgres.statements import autocommit

log = logging.getLogger(__name__)

DAYS_AHEAD = 4  # today and three more: a long weekend without upkeep does no harm
# And up to a day more, because whole days are dropped. A retry is recognised for 48 hours at least.
EVENT_ID_TTL = timedelta(hours=72)
MAX_DAYS = 3  # dropped in a round, unless `many_days` is set; a long weekend without upkeep is not more
LOCK_TIMEOUT = "5s"  # a partition in use is dropped by a later round


class PruneResult(NamedTuple):
    """What was deleted, or would be."""

    days: list[Partition]  # of events
    ids: list[Partition]  # days of event ids
    rows: dict[str, int]  # by table


class TooManyDays(JobRefused):
    """A round would drop more days than pass between rounds: a clock is wrong, or the retention was cut."""


def run_upkeep(
    engine: Engine, ours: datetime, retention: timedelta, *, many_days: bool = False
) -> PruneResult | None:
    """Run a round by the database's clock; None while another process runs one.

    `ours` is this machine's clock, `retention` the age at which events are dropped. Creates partitions, but
    deletes nothing, if the two clocks disagree (ClockSkew), or if more than three days would be dropped
    (TooManyDays) without `many_days`.
    """
    with engine.connect() as connection:
        now = clocks.database_now(connection)
    return run_upkeep_at(engine, now, retention, ours=ours, max_days=None if many_days else MAX_DAYS)


def run_upkeep_at(
    engine: Engine,
    now: datetime,
    retention: timedelta,
    *,
    ours: datetime | None = None,
    max_days: int | None = None,
) -> PruneResult | None:
    """`run_upkeep` at the time `now` of the database's clock."""
    with _working_connection(engine) as connection, try_lock(connection, AdvisoryLock.RETENTION) as is_locked:
        if not is_locked:
            return None
        create_partitions(engine, now)
        clocks.refuse_skew(now, ours or now)
        return prune(connection, now, retention, max_days)


def create_partitions(engine: Engine, now: datetime) -> None:
    """Create the partitions of the next days."""
    with engine.begin() as connection:
        made = partitions.create(connection, now.astimezone(UTC).date(), DAYS_AHEAD)
    if made:
        log.info("made partitions for %s", ", ".join(map(str, made)))


def prune(
    connection: Connection, now: datetime, retention: timedelta, max_days: int | None = None
) -> PruneResult:
    """Drop the days beyond the retention, and delete stale rows; takes a connection in autocommit."""
    expired = _expired(connection, now - retention)
    if max_days is not None and len(expired) > max_days:
        raise TooManyDays(
            f"{len(expired)} days, {expired[0].day} to {expired[-1].day}, would be dropped at once: see whether"
            " the clock is right, then run `flask --app wsgi events prune --many-days`"
        )
    partitions.drop_detached(connection)
    days = [partition for partition in expired if _drop(connection, partition)]
    ids = [partition for partition in _expired_ids(connection, now) if _drop(connection, partition)]
    return PruneResult(
        days, ids, {stale.table: stale.prune(connection, now, retention) for stale in STALE_ROWS}
    )


def preview_prune(engine: Engine, now: datetime, retention: timedelta) -> PruneResult:
    """What `prune` would delete; changes nothing."""
    with _working_connection(engine) as connection:
        return PruneResult(
            _expired(connection, now - retention),
            _expired_ids(connection, now),
            {stale.table: stale.count(connection, now, retention) for stale in STALE_ROWS},
        )


def _expired(connection: Connection, before: datetime) -> list[Partition]:
    """The days to drop; never that of the latest event, because a wrong clock could empty the log."""
    latest = partitions.latest_day(connection)
    return [partition for partition in partitions.expired(connection, before) if partition.day != latest]


def _expired_ids(connection: Connection, now: datetime) -> list[Partition]:
    """The days of ids to drop; also that of the latest event: a retry is not recognised for longer."""
    return partitions.expired(connection, now - EVENT_ID_TTL, partitions.EVENT_IDS)


def _drop(connection: Connection, partition: Partition) -> bool:
    try:
        partitions.drop(connection, partition)
    except OperationalError as error:  # in use, by an export perhaps
        if error.connection_invalidated:
            raise
        about = partition.table, partition.day, error.orig
        log.warning("the partition of %s of %s is in use, and goes later: %s", *about)
        return False
    log.info("dropped the partition of %s of %s", partition.table, partition.day)
    return True


@contextmanager
def _working_connection(engine: Engine) -> Iterator[Connection]:
    """A connection in autocommit without time-outs; closed afterwards, which releases its advisory locks."""
    with autocommit(engine) as connection:
        lift_timeouts(connection)
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        yield connection
