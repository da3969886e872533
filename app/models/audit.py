"""The audit log: an append-only table of administrative actions, enforced by a PostgreSQL trigger."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import CreatedAt


class AuditEntry(Base):
    """One administrative action. A trigger refuses every UPDATE, DELETE and TRUNCATE (migration 0005)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("action ~ '^[a-z]+(-[a-z]+)*[.][a-z]+(-[a-z]+)*$'", name="action_form"),
        CheckConstraint("via IN ('session', 'token', 'link', 'command-line')", name="known_way"),
        Index("ix_audit_entries_workspace", "workspace_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    # No foreign keys: an entry outlives its workspace, its actor and its subject.
    workspace_id: Mapped[uuid.UUID]
    at: Mapped[CreatedAt]
    action: Mapped[str]
    via: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]  # null for the command line
    token_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]  # the user that was acted upon
    # Never a person's name or e-mail address: they are looked up when the log is read, as long as they exist.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
