"""The audit log: what admins and tokens did to a workspace. Written with the deed, and never changed.

Whoever changes something that owners should know of calls `record` in the transaction of the change. Who did it is
known from the request (`access.require_member` says so); outside of one it was done at the command line.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Connection, insert

from app.models import AuditEntry

ASKER = "asker"  # in `g`: the Access that this request acts by


def record(
    connection: Connection, workspace_id: UUID, action: str, subject: UUID | None = None, /, **details: Any
) -> None:
    """Note a deed, such as `member.added`; `subject` is the user whom it concerns, `details` become JSON.

    No addresses and no names of people in `details`: they could never be erased. Does not commit.
    """
    values = _actor()
    connection.execute(
        insert(AuditEntry).values(
            workspace_id=workspace_id, action=action, subject_id=subject, details=details, **values
        )
    )


def act_as(user_id: UUID, via: str) -> None:
    """What this request does outside of a workspace's routes is done by this user, by a `session` or a `link`."""
    g.audited = {"via": via, "actor_id": user_id}


def _actor() -> dict[str, Any]:
    asker = g.get(ASKER)
    if asker is None:
        return g.get("audited") or {"via": "command-line"}
    via = "token" if asker.token_id else "session"
    return {"via": via, "actor_id": asker.user_id, "token_id": asker.token_id}
