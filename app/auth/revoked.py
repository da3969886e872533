"""The news that somebody's right to read has ended: streams outlive it unless they are told.

Whoever takes a right away sends `revoked` with what it was: the key of a session or token (`credential`), a user,
or a user in a workspace. Who keeps streams listens.
"""

from __future__ import annotations

from uuid import UUID

from blinker import Signal

revoked = Signal()


def announce(
    *, credential: bytes | None = None, user_id: UUID | None = None, workspace_id: UUID | None = None
) -> None:
    """Tell that what these name together may read no longer; at least one is given."""
    revoked.send(None, credential=credential, user_id=user_id, workspace_id=workspace_id)
