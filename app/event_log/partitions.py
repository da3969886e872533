"""Partitions of `events` and `event_ids`: one for each UTC day of receipt, created ahead and dropped as a whole.

Commits continue meanwhile: nothing here takes a lock on either table that an insert would wait for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit

DAY = timedelta(days=1)
EVENTS, EVENT_IDS = "events", "event_ids"
# Keys of a partition beside those of its parent. Ids are unique within a day only; a unique index of the parent
# would have to contain `received_at`.
OWN_KEYS = {EVENTS: "", EVENT_IDS: ", PRIMARY KEY (workspace_id, event_id)"}

IS_PARTITIONED = "SELECT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = %s::regclass)"
# The first partition of event_ids, which was the whole table before migration 0014, has no lower bound.
PARTITIONS = """
    SELECT to_date(right(part.relname, 8), 'YYYYMMDD'), inhdetachpending, pg_total_relation_size(part.oid),
           greatest(part.reltuples, 0)::bigint, %(table)s::text,
           pg_get_expr(part.relpartbound, part.oid) LIKE '%%MINVALUE%%'
    FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
    WHERE inhparent = %(table)s::regclass ORDER BY 1
"""
# Left behind by a drop that was interrupted.
DETACHED = """
    SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_class
    WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = %(table)s::regclass)
    AND relkind = 'r' AND NOT relispartition AND relname ~ ('^' || %(table)s || '_[0-9]{8}$')
"""
OLDEST_DAY = """
    SELECT min(to_date(right(part.relname, 8), 'YYYYMMDD'))
    FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
    WHERE inhparent = 'events'::regclass AND NOT inhdetachpending
"""
LATEST_DAY = "SELECT (max(last_received_at) AT TIME ZONE 'UTC')::date FROM event_heads"


class Partition(NamedTuple):
    """The partition of one day: whether a detach was interrupted, its bytes, and about how many rows it has."""

    day: date
    is_leaving: bool
    size: int
    rows: int
    table: str
    holds_earlier: bool  # all days until this one


def partitions(connection: Connection, table: str = EVENTS) -> list[Partition]:
    """All partitions of a table, oldest first."""
    return [Partition(*row) for row in connection.exec_driver_sql(PARTITIONS, {"table": table})]


def create(connection: Connection, first: date, days: int) -> list[date]:
    """Create the missing partitions for so many `days` from `first` on; returns the days that were created."""
    lock_until_commit(connection, AdvisoryLock.PARTITIONS)
    wanted = [first + n * DAY for n in range(days)]
    return sorted({day for table in OWN_KEYS for day in _create(connection, table, wanted)})


def _create(connection: Connection, table: str, wanted: list[date]) -> list[date]:
    # Before migration 0014, `flask events redate` may be what lets it run.
    if not connection.exec_driver_sql(IS_PARTITIONED, (table,)).scalar_one():
        return []
    there = partitions(connection, table)
    days = {partition.day for partition in there}
    earlier = max((partition.day for partition in there if partition.holds_earlier), default=date.min)
    made = [day for day in wanted if day not in days and day > earlier]
    for day in made:
        # CREATE … PARTITION OF would block all commits, and wait for those in progress. ATTACH does neither, and
        # has nothing to check: the table is empty.
        name = _name(table, day)
        connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL{OWN_KEYS[table]})")
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ATTACH PARTITION {name} "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + DAY} 00:00+00')"
        )
    return made


def expired(connection: Connection, before: datetime, table: str = EVENTS) -> list[Partition]:
    """The partitions without any event received at or after `before` (UTC)."""
    found = partitions(connection, table)
    return [partition for partition in found if partition.day + DAY <= before.date()]


def latest_day(connection: Connection) -> date | None:
    """The UTC day on which the latest event was received; None without events."""
    day: date | None = connection.exec_driver_sql(LATEST_DAY).scalar()
    return day


def oldest_day(connection: Connection) -> date | None:
    """The UTC day of the oldest partition of events."""
    day: date | None = connection.exec_driver_sql(OLDEST_DAY).scalar()
    return day


def drop(connection: Connection, partition: Partition) -> None:
    """Drop a partition without blocking other transactions; takes a connection in autocommit.

    Waits for transactions that still read it, for the connection's lock_timeout at most; the next call continues
    an interrupted one.
    """
    how = "FINALIZE" if partition.is_leaving else "CONCURRENTLY"
    name = _name(partition.table, partition.day)
    connection.exec_driver_sql(f"ALTER TABLE {partition.table} DETACH PARTITION {name} {how}")
    connection.exec_driver_sql(f"DROP TABLE {name}")


def drop_detached(connection: Connection) -> None:
    """Drop tables that were detached by an interrupted drop."""
    for table in OWN_KEYS:
        for (day,) in list(connection.exec_driver_sql(DETACHED, {"table": table})):
            connection.exec_driver_sql(f"DROP TABLE {_name(table, day)}")


def _name(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m%d}"
