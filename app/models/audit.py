"""What admins and tokens did: an append-only table, which PostgreSQL itself keeps so."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import CreatedAt


class AuditEntry(db.Model):
    """One deed. A trigger refuses every UPDATE, DELETE and TRUNCATE (migration 0005)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("action ~ '^[a-z]+(-[a-z]+)*[.][a-z]+(-[a-z]+)*$'", name="action_form"),
        CheckConstraint("via IN ('session', 'token', 'link', 'command-line')", name="known_way"),
        Index("ix_audit_entries_workspace", "workspace_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    # No foreign keys: what was done stays known when those who did it, or whom it concerned, are gone.
    workspace_id: Mapped[uuid.UUID]
    at: Mapped[CreatedAt]
    action: Mapped[str]
    via: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]  # nobody, where it was done at the command line
    token_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]  # the user whom it concerned
    # Never an address or a name of a person: those are looked up when the log is read, while they exist.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
