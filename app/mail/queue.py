"""The outbound mail queue: a transactional outbox, filled in the transaction of the cause, claimed by workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Delete, delete, func, insert, literal, select, update

from app.models.outbound_mail import OPEN, OutboundMail

CLAIM_SECONDS = 300  # after which another worker takes over from one that died
RETENTION_DAYS = 7  # for which an ended mail can be looked at
SWEEP_BATCH = 100  # ended mails deleted when one is put in, at most


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """A claimed mail: no other worker gets it for CLAIM_SECONDS."""

    id: int
    kind: str
    recipient: str
    workspace_id: UUID | None
    data: Mapping[str, Any]
    attempts: int  # this one included
    age: float  # seconds since it was put in


def enqueue(
    connection: Connection,
    kind: str,
    recipient: str,
    data: Mapping[str, Any] | None = None,
    workspace_id: UUID | None = None,
) -> None:
    """Add a mail; `kind` names its composer. It is sent after the transaction has committed."""
    connection.execute(_sweep())
    values = {"kind": kind, "recipient": recipient, "data": dict(data or {}), "workspace_id": workspace_id}
    connection.execute(insert(OutboundMail).values(values))


def claim(connection: Connection, most: int) -> list[QueuedMail]:
    """Claim up to `most` due mails, the longest due first; SKIP LOCKED keeps two workers from the same one."""
    due = (
        select(OutboundMail.id)
        .where(OutboundMail.state.in_(OPEN), OutboundMail.due_at <= func.now())
        .order_by(OutboundMail.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    query = (
        update(OutboundMail)
        .where(OutboundMail.id.in_(due.scalar_subquery()))
        .values(due_at=_in_seconds(CLAIM_SECONDS), attempts=OutboundMail.attempts + 1)
        .returning(
            OutboundMail.id,
            OutboundMail.kind,
            OutboundMail.recipient,
            OutboundMail.workspace_id,
            OutboundMail.data,
            OutboundMail.attempts,
            func.extract("epoch", func.now() - OutboundMail.created_at).label("age"),
        )
    )
    mails = [
        QueuedMail(id, kind, recipient, workspace_id, data, attempts, float(age))
        for id, kind, recipient, workspace_id, data, attempts, age in connection.execute(query)
    ]
    return sorted(mails, key=attrgetter("id"))


def end(connection: Connection, mail: QueuedMail, state: str, error: str | None = None) -> None:
    """Mark a mail as `sent` or `dead`: there is no further attempt."""
    values = {"state": state, "error": error, "ended_at": func.now()}
    connection.execute(update(OutboundMail).where(OutboundMail.id == mail.id).values(values))


def retry_later(connection: Connection, mail: QueuedMail, seconds: float, error: str) -> None:
    """Schedule the next attempt in so many seconds."""
    values = {"state": "retrying", "error": error, "due_at": _in_seconds(seconds)}
    connection.execute(update(OutboundMail).where(OutboundMail.id == mail.id).values(values))


def release(connection: Connection, mail: QueuedMail) -> None:
    """Return a claim without an attempt."""
    values = {"due_at": func.now(), "attempts": OutboundMail.attempts - 1}
    connection.execute(update(OutboundMail).where(OutboundMail.id == mail.id).values(values))


def drop(connection: Connection, mail: QueuedMail) -> None:
    """Delete a mail whose subject has ended meanwhile."""
    connection.execute(delete(OutboundMail).where(OutboundMail.id == mail.id))


def delete_mails_to(connection: Connection, recipient: str) -> None:
    """Delete all mails to an address."""
    connection.execute(delete(OutboundMail).where(OutboundMail.recipient == recipient))


def _in_seconds(seconds: float) -> ColumnElement[datetime]:
    return func.now() + func.make_interval(0, 0, 0, 0, 0, 0, literal(seconds))


def _sweep() -> Delete:
    old = (
        select(OutboundMail.id)
        .where(OutboundMail.ended_at < _in_seconds(-RETENTION_DAYS * 24 * 3600))
        .limit(SWEEP_BATCH)
        .with_for_update(skip_locked=True)
    )
    return delete(OutboundMail).where(OutboundMail.id.in_(old.scalar_subquery()))
