"""Revocation signal: a right to read has ended. Without it, open streams outlive the right they were opened with.

Code that revokes a right sends `revoked` with its key: that of a session or token (`credential`), a user, or a
user in a workspace. `live/revocation.py` receives it.
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
    """Send `revoked` for the rights that match all of these; at least one is given."""
    revoked.send(None, cause=str(cause), credential=credential, user_id=user_id, workspace_id=workspace_id)
