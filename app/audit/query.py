"""Reading the audit log: newest first, by action, person and time, a page or all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, or_, select
from sqlalchemy.orm import aliased

from app.models import AuditEntry, User
from app.postgres.statements import AnyRow

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
    "annotation.created",
    "annotation.changed",
    "annotation.removed",
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
) -> tuple[Sequence[AnyRow], bool]:
    """The newest entries that match, with e-mail addresses and names; and whether there are more."""
    actor, subject = aliased(User), aliased(User)
    query = (
        select(
            AuditEntry.id,
            AuditEntry.at.label("timestamp"),
            AuditEntry.action,
            AuditEntry.via,
            AuditEntry.actor_id,
            actor.email.label("actor_email"),
            actor.name.label("actor_name"),
            AuditEntry.token_id,
            AuditEntry.subject_id,
            subject.email.label("subject_email"),
            subject.name.label("subject_name"),
            AuditEntry.details,
        )
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(subject, subject.id == AuditEntry.subject_id)
        .where(AuditEntry.workspace_id == workspace_id, *_conditions(which))
        .order_by(AuditEntry.id.desc())
        .limit(limit + 1)
    )
    rows = connection.execute(query).all()
    return rows[:limit], len(rows) > limit


def read_all(engine: Engine, workspace_id: UUID, which: AuditFilter) -> Iterator[Sequence[AnyRow]]:
    """All matching entries, a page at a time; no connection is held while a slow client reads a page."""
    has_more = True
    while has_more:
        with engine.connect() as connection:
            entries, has_more = read(connection, workspace_id, which, PAGE_SIZE)
        yield entries
        if entries:
            which = replace(which, before=entries[-1].id)


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
