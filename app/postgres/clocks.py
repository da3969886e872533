"""Clocks: what is final (numbers, days, deletion) goes by the database's, and only while ours agrees with it.

Decided by a worker's clock, one that is months ahead drops the whole log, and one that is days ahead files events
under days to come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.errors import JobRefused

MAX_SKEW = timedelta(minutes=1)
DATABASE_NOW = "date_trunc('milliseconds', clock_timestamp())"


class ClocksDiffer(JobRefused):
    """The database's clock and this machine's are too far apart to delete anything by either."""


def database_now(connection: Connection) -> datetime:
    """The database's clock, to the millisecond."""
    now: datetime = connection.exec_driver_sql(f"SELECT {DATABASE_NOW}").scalar_one()
    return now


def compare(now: datetime, ours: datetime) -> None:
    """Raise ClocksDiffer where this machine's clock is more than a minute from the database's."""
    skew = ours - now
    if abs(skew) > MAX_SKEW:
        raise ClocksDiffer(
            f"this machine's clock is {abs(skew.total_seconds()):.0f} s"
            f" {'ahead of' if skew > timedelta() else 'behind'} the database's: run NTP on both"
        )
