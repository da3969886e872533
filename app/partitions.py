"""The days of the event log: `events` has a partition for each UTC day of receipt, made ahead and dropped whole.

Commits go on meanwhile: nothing here takes a lock on `events` that an insert would wait for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

LOCK = 0x50756C7366  # one maker of partitions at a time, so that the second finds them made
DAY = timedelta(days=1)

PARTITIONS = """
    SELECT to_date(right(part.relname, 8), 'YYYYMMDD'), inhdetachpending, pg_total_relation_size(part.oid),
           greatest(part.reltuples, 0)::bigint
    FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
    WHERE inhparent = 'events'::regclass ORDER BY 1
"""
# What a drop leaves behind that was interrupted half-way.
DETACHED = """
    SELECT to_date(right(relname, 8), 'YYYYMMDD') FROM pg_class
    WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'events'::regclass)
    AND relkind = 'r' AND NOT relispartition AND relname ~ '^events_[0-9]{8}$'
"""
LATEST_DAY = "SELECT (max(last_received_at) AT TIME ZONE 'UTC')::date FROM event_heads"


class Partition(NamedTuple):
    """The partition of one day: whether it is half detached, its bytes, and about how many events it holds."""

    day: date
    is_leaving: bool
    size: int
    events: int


def partitions(connection: Connection) -> list[Partition]:
    """All there are, oldest first."""
    return [Partition(*row) for row in connection.exec_driver_sql(PARTITIONS)]


def make(connection: Connection, first: date, days: int) -> list[date]:
    """Make sure that what is received from `first` on, for so many days, has a place; returns the days made."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    there = {partition.day for partition in partitions(connection)}
    made = [day for day in (first + n * DAY for n in range(days)) if day not in there]
    for day in made:
        # CREATE … PARTITION OF would lock out all commits, and wait for those under way. ATTACH does neither, and
        # it has nothing to check: the table is empty.
        connection.exec_driver_sql(f"CREATE TABLE {_name(day)} (LIKE events INCLUDING ALL)")
        connection.exec_driver_sql(
            f"ALTER TABLE events ATTACH PARTITION {_name(day)} "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + DAY} 00:00+00')"
        )
    return made


def expired(connection: Connection, before: datetime) -> list[Partition]:
    """Those that hold nothing received at or after `before` (UTC)."""
    return [partition for partition in partitions(connection) if partition.day + DAY <= before.date()]


def latest_day(connection: Connection) -> date | None:
    """The UTC day that the latest event of all was received on; None without events."""
    day: date | None = connection.exec_driver_sql(LATEST_DAY).scalar()
    return day


def drop(connection: Connection, partition: Partition) -> None:
    """Drop it with all its events, without disturbing anybody; takes a connection that commits by itself.

    Waits for transactions that still read it, as long as the connection's lock_timeout allows; the next call
    goes on where this one gave up.
    """
    how = "FINALIZE" if partition.is_leaving else "CONCURRENTLY"
    name = _name(partition.day)
    connection.exec_driver_sql(f"ALTER TABLE events DETACH PARTITION {name} {how}")
    connection.exec_driver_sql(f"DROP TABLE {name}")


def drop_detached(connection: Connection) -> None:
    """Drop the tables that are no partitions any more."""
    for (day,) in list(connection.exec_driver_sql(DETACHED)):
        connection.exec_driver_sql(f"DROP TABLE {_name(day)}")


def _name(day: date) -> str:
    return f"events_{day:%Y%m%d}"
