"""The errors of a commit by cause: the server, one workspace's locked rows, or what was posted."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)

# SQLSTATE classes that speak of the server, not of what was sent to it: connection, plan from before a migration,
# read-only after a failover, rollback, resources, lock, operator, system.
SERVER_TROUBLE = ("08", "0A", "25", "40", "53", "55", "57", "58")
# Of these, what one workspace's rows cause while the server is well: deadlock, lock timeout, statement timeout.
WORKSPACE_TROUBLE = ("40P01", "55P03", "57014")


def log_refusal(error: Exception) -> None:
    """Log why a request could not be stored, without what was posted."""
    # What PostgreSQL says beyond the first line may quote what was posted, which has no place in a log.
    if said := getattr(getattr(error, "orig", error), "diag", None):
        log.error("a request could not be committed: %s %s", said.sqlstate, said.message_primary)
    else:
        log.error("a request could not be committed", exc_info=error)


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", error), "pgcode", None)


def is_server_trouble(error: Exception) -> bool:
    """Whether the server failed, so that the same commit may succeed later."""
    # What the server did not say, a broken connection or a full pool did.
    said = _sqlstate(error)
    return said is None or said.startswith(SERVER_TROUBLE)


def is_workspace_trouble(error: Exception) -> bool:
    """Whether only the workspaces of this commit are concerned, so that others need not be refused."""
    return _sqlstate(error) in WORKSPACE_TROUBLE
