"""The errors of a commit by cause: the server, one workspace's locked rows, or what was posted."""

from __future__ import annotations

import logging

from app.errors import is_database_trouble, sqlstate

log = logging.getLogger(__name__)

# Of DATABASE_TROUBLE, what one workspace's rows cause while the server is well: deadlock, timeouts.
WORKSPACE_TROUBLE = ("40P01", "55P03", "57014")


def log_refusal(error: Exception) -> None:
    """Log why a request could not be stored, without what was posted."""
    # What PostgreSQL says beyond the first line may quote what was posted, which has no place in a log.
    if said := getattr(getattr(error, "orig", error), "diag", None):
        log.error("a request could not be committed: %s %s", said.sqlstate, said.message_primary)
    else:
        log.error("a request could not be committed", exc_info=error)


def is_server_trouble(error: Exception) -> bool:
    """Whether the server failed, so that the same commit may succeed later."""
    # What the server did not say, a broken connection or a full pool did.
    return sqlstate(error) is None or is_database_trouble(error)


def is_workspace_trouble(error: Exception) -> bool:
    """Whether only the workspaces of this commit are concerned, so that others need not be refused."""
    return sqlstate(error) in WORKSPACE_TROUBLE
