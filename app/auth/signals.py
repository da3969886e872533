"""The news that somebody's right to read has ended: streams outlive it unless they are told.

Whoever takes a right away sends `revoked` with what it was: the key of a session or token (`credential`), a user,
or a user in a workspace. Who keeps streams listens.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from blinker import Signal

revoked = Signal()


class RevocationCause(StrEnum):
    """Why a right to read has ended, for the log line of the stream that ends with it."""

    PASSWORD = "password"
    SESSION = "session"
    TOKEN = "token"
    MEMBERSHIP = "membership"
    DEACTIVATION = "deactivation"
    ERASURE = "erasure"
    WORKSPACE = "workspace"  # it was deleted


def announce(
    cause: RevocationCause,
    *,
    credential: bytes | None = None,
    user_id: UUID | None = None,
    workspace_id: UUID | None = None,
) -> None:
    """Tell that what these name together may read no longer; at least one is given."""
    revoked.send(None, cause=str(cause), credential=credential, user_id=user_id, workspace_id=workspace_id)
