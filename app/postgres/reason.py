"""Why PostgreSQL is away: libpq's and the server's own words, on one line, for logs, `/readyz` and doctor."""

from __future__ import annotations

import re

from sqlalchemy.exc import TimeoutError as PoolTimeout

LONGEST = 300  # characters
# `connection to server at "db" (10.0.0.5), port 5432 failed: `: for the log, not for strangers.
WHERE = re.compile(r"connection to server (at|on socket) .*? failed: ")


def reason_of(error: BaseException) -> str:
    """The words of an error; a password is never in them, for libpq does not repeat what it was given."""
    if isinstance(error, PoolTimeout):
        return "no connection of the pool became free in time"
    error = getattr(error, "orig", None) or error
    # Below it may quote what was posted.
    if primary := getattr(getattr(error, "diag", None), "message_primary", None):
        return primary[:LONGEST]
    lines = str(error).strip().splitlines()
    said = [" ".join(line.split()) for line in lines if line and not line.startswith((" ", "\t"))]
    return "; ".join(said)[:LONGEST] or type(error).__name__


def without_addresses(reason: str) -> str:
    """The words without the hosts and sockets they name."""
    return WHERE.sub("", reason)
