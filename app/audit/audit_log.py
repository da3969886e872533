"""Writing the audit log: administrative changes of a workspace. Append-only, in the transaction of the change.

Code that changes something that owners should know of calls `record` in its transaction. The actor comes from the
request (`access.require_member` sets it); outside of a request it is the command line.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Connection, insert

from app.models import AuditEntry

ACCESS = "asker"  # in `g`: the Access of this request


def record(
    connection: Connection, workspace_id: UUID, action: str, subject: UUID | None = None, /, **details: Any
) -> None:
    """Write an entry, such as `member.added`; `subject` is the affected user, `details` become JSON.

    No addresses and no names of people in `details`: they could never be erased. Does not commit.
    """
    values = _actor()
    connection.execute(
        insert(AuditEntry).values(
            workspace_id=workspace_id, action=action, subject_id=subject, details=details, **values
        )
    )


def act_as(user_id: UUID, via: str) -> None:
    """Set the actor for what this request does outside of a workspace's routes; `via` is `session` or `link`."""
    g.audited = {"via": via, "actor_id": user_id}


def _actor() -> dict[str, Any]:
    access = g.get(ACCESS)
    if access is None:
        return g.get("audited") or {"via": "command-line"}
    via = "token" if access.token_id else "session"
    return {"via": via, "actor_id": access.user_id, "token_id": access.token_id}
