"""Advisory locks of PostgreSQL: the numbers of all that Pulse uses, in one table, so that no two are the same.

Processes of other versions use the same numbers: they must never change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, unique

from sqlalchemy import Connection


@unique
class AdvisoryLock(Enum):
    """What only one process does at a time."""

    FIRST_RUN = 0x50554C5345  # "PULSE": makes the first user and workspace
    MIGRATIONS = 0x50756C7365  # "Pulse": applies migrations
    PARTITIONS = 0x50756C7366  # makes partitions; a second process finds them made
    RETENTION = 0x50756C7367  # deletes what is too old
    ROLL_UPS = 0x50756C7368  # rolls up history
    HOUR_COUNTS = 0x50756C736A  # sums up hours
    LOG_IDENTITY = 0x50756C7369  # renews the epochs of logs
    BACKFILL = 0x50756C736B  # counts custom metrics backwards


def lock_until_commit(connection: Connection, lock: AdvisoryLock) -> None:
    """Wait for a lock that the end of the transaction releases."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (lock.value,))


def try_lock_until_commit(connection: Connection, lock: AdvisoryLock) -> bool:
    """Take a lock that the end of the transaction releases, if it is free; whether it was."""
    query = "SELECT pg_try_advisory_xact_lock(%s)"
    is_locked: bool = connection.exec_driver_sql(query, (lock.value,)).scalar_one()
    return is_locked


@contextmanager
def try_lock(connection: Connection, lock: AdvisoryLock) -> Iterator[bool]:
    """Hold a lock of the session, if it is free: True if so, False while another session has it.

    It lasts exactly as long as the connection that works, unlike a lease in Redis, which could expire half-way.
    After an error the connection has to be closed, and the lock goes with it.
    """
    try_it = "SELECT pg_try_advisory_lock(%s)"
    is_locked: bool = connection.exec_driver_sql(try_it, (lock.value,)).scalar_one()
    yield is_locked
    if is_locked:  # closing releases it too, but only when the server notices
        connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (lock.value,))
