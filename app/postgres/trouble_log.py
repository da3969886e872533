"""Why the database is away: one log line for all that meet it in a worker, not one a request and round."""

from __future__ import annotations

import logging

from app.logs.repeated_log import RepeatedLog
from app.postgres.reason import reason_of

log = logging.getLogger(__name__)

_away = RepeatedLog(log)


def report_database_away(error: BaseException) -> None:
    """Log what libpq or the server said; again when it says something else, and once a minute."""
    _away.warning(f"database away: {reason_of(error)}")


def report_database_back() -> None:
    """A connection has been made."""
    _away.over("database back")
