"""Classifies the errors of a commit by cause: the server, one workspace's locked rows, or what was posted."""

from __future__ import annotations

import logging

from app.errors import is_database_trouble, sqlstate

log = logging.getLogger(__name__)

# SQLSTATEs that one workspace's rows cause while the server is well: deadlock, time-outs.
LOCKED_ROWS = ("40P01", "55P03", "57014")


def log_refusal(error: Exception) -> None:
    """Log why a request could not be stored, without what was posted."""
    # Beyond its first line PostgreSQL's message may quote what was posted, which must not be logged.
    if diagnostics := getattr(getattr(error, "orig", error), "diag", None):
        log.error(
            "a request could not be committed: %s %s", diagnostics.sqlstate, diagnostics.message_primary
        )
    else:
        log.error("a request could not be committed", exc_info=error)


def is_server_failure(error: Exception) -> bool:
    """Whether the server failed, so that the same commit may succeed later."""
    # Without an SQLSTATE it is a broken connection or a full pool.
    return sqlstate(error) is None or is_database_trouble(error)


def is_row_lock_failure(error: Exception) -> bool:
    """Whether only the workspaces of this commit are affected, so that others need not be refused."""
    return sqlstate(error) in LOCKED_ROWS
