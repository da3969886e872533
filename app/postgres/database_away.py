"""PostgreSQL is away: the reason, in libpq's and the server's own words, for `/readyz`, the doctor and the log.

A worker logs it once for all requests and jobs that fail by it, instead of a line for each.
"""

from __future__ import annotations

import logging
import re

from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.logs.repeated_log import RepeatedLog

log = logging.getLogger(__name__)

MAX_REASON = 300  # characters
# `connection to server at "db" (10.0.0.5), port 5432 failed: `: for the log, not for strangers.
SERVER_ADDRESS = re.compile(r"connection to server (at|on socket) .*? failed: ")

_away_log = RepeatedLog(log)


def reason_of(error: BaseException) -> str:
    """The text of an error, on one line; never with a password, for libpq does not repeat what it was given."""
    if isinstance(error, PoolTimeout):
        return "no connection of the pool became free in time"
    error = getattr(error, "orig", None) or error
    # Further lines may quote what was posted.
    primary: str | None = getattr(getattr(error, "diag", None), "message_primary", None)
    if primary:
        return primary[:MAX_REASON]
    lines = str(error).strip().splitlines()
    texts = [" ".join(line.split()) for line in lines if line and not line.startswith((" ", "\t"))]
    return "; ".join(texts)[:MAX_REASON] or type(error).__name__


def without_addresses(reason: str) -> str:
    """The text without the hosts and sockets in it."""
    return SERVER_ADDRESS.sub("", reason)


def report_database_away(error: BaseException) -> None:
    """Log the reason, if it is a new one or was logged a minute ago."""
    _away_log.warning(f"database away: {reason_of(error)}")


def report_database_back() -> None:
    """Log that a connection has been made, if the database was reported away."""
    _away_log.over("database back")
