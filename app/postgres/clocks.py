"""Clock skew: what is final (numbers, days, deletion) goes by the database's clock, and only while ours agrees.

A worker's clock that is months ahead would drop the whole log, and one that is days ahead file events under days
to come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.errors import JobRefused

MAX_SKEW = timedelta(minutes=1)
DATABASE_NOW = "date_trunc('milliseconds', clock_timestamp())"


class ClockSkew(JobRefused):
    """This machine's clock and the database's are too far apart to delete anything by either."""


def database_now(connection: Connection) -> datetime:
    """The database's clock, to the millisecond."""
    now: datetime = connection.exec_driver_sql(f"SELECT {DATABASE_NOW}").scalar_one()
    return now


def refuse_skew(now: datetime, ours: datetime) -> None:
    """Raise ClockSkew if this machine's clock (`ours`) is more than a minute from the database's (`now`)."""
    skew = ours - now
    if abs(skew) > MAX_SKEW:
        raise ClockSkew(
            f"this machine's clock is {abs(skew.total_seconds()):.0f} s"
            f" {'ahead of' if skew > timedelta() else 'behind'} the database's: run NTP on both"
        )
