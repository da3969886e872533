"""Reading the audit log: newest first, by action, person and time, a page or all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, or_, select
from sqlalchemy.orm import aliased

from app.domain.instants import iso
from app.models import AuditEntry, User

# The actions that can be filtered by.
ACTIONS = (
    "workspace.created",
    "workspace.renamed",
    "workspace.deleted",
    "settings.changed",
    "invitation.created",
    "invitation.revoked",
    "member.added",
    "member.removed",
    "member.left",
    "member.role-changed",
    "member.reset-link-made",
    "token.created",
    "token.revoked",
    "custom-metric.created",
    "custom-metric.changed",
    "custom-metric.removed",
    "streams.closed",
)
PAGE_SIZE = 500  # entries that `read_all` reads at a time


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Entries with ids below `before`, of an action, by or about a person, within a time range."""

    before: int | None = None
    action: str | None = None
    person: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def read(
    connection: Connection, workspace_id: UUID, which: AuditFilter, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """The newest entries that match, as JSON; and whether there are more."""
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
        .where(AuditEntry.workspace_id == workspace_id, *_conditions(which))
        .order_by(AuditEntry.id.desc())
        .limit(limit + 1)
    )
    rows = connection.execute(query).all()
    return [_to_json(row) for row in rows[:limit]], len(rows) > limit


def read_all(engine: Engine, workspace_id: UUID, which: AuditFilter) -> Iterator[list[dict[str, Any]]]:
    """All matching entries, a page at a time; no connection is held while a slow client reads a page."""
    has_more = True
    while has_more:
        with engine.connect() as connection:
            entries, has_more = read(connection, workspace_id, which, PAGE_SIZE)
        yield entries
        if entries:
            which = replace(which, before=entries[-1]["id"])


def _conditions(which: AuditFilter) -> Iterator[Any]:
    if which.before is not None:
        yield AuditEntry.id < which.before
    if which.action is not None:
        yield AuditEntry.action == which.action
    if which.person is not None:
        yield or_(AuditEntry.actor_id == which.person, AuditEntry.subject_id == which.person)
    if which.since is not None:
        yield AuditEntry.at >= which.since
    if which.until is not None:
        yield AuditEntry.at < which.until


def _to_json(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
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
    return None if user_id is None else {"id": str(user_id), "email": email, "name": name}
