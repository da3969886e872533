"""The audit log: what admins and tokens did to a workspace. Written with the deed, and never changed.

Whoever changes something that owners should know of calls `record` in the transaction of the change. Who did it is
known from the request (`access.require_member` says so); outside of one it was done at the command line.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g
from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.orm import aliased

from app.domain.instants import iso
from app.models import AuditEntry, User

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


def read(
    connection: Connection, workspace_id: UUID, *, before: int | None, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """The newest entries, or those with ids below `before`, as clients see them; and whether there are more."""
    actor, subject = aliased(User), aliased(User)
    query = (
        select(
            *AuditEntry.__table__.columns,
            actor.email.label("actor_email"),
            actor.name.label("actor_name"),
            subject.email.label("subject_email"),
            subject.name.label("subject_name"),
        )
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .where(AuditEntry.workspace_id == workspace_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = connection.execute(query).all()
    return [_as_told(row) for row in rows[:limit]], len(rows) > limit


def _as_told(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "timestamp": iso(row.at),
        "action": row.action,
        "via": row.via,
        "actor": _person(row.actor_id, row.actor_email, row.actor_name),
        "tokenId": row.token_id and str(row.token_id),
        "subject": _person(row.subject_id, row.subject_email, row.subject_name),
        "details": row.details,
    }


def _person(user_id: UUID | None, email: str | None, name: str | None) -> dict[str, Any] | None:
    return user_id and {"id": str(user_id), "email": email, "name": name}
