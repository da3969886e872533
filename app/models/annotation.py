"""Annotations: notes of members and scripts at a moment, drawn on every chart."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, Text
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.annotation import NOTE_KINDS
from app.extensions import Base
from app.models.columns import CreatedAt, Instant, WorkspaceKey


class Annotation(Base):
    """One note; one with `until` covers a stretch of time."""

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint(f"kind IN {NOTE_KINDS}", name="known_kind"),
        CheckConstraint("until > at", name="ends_after_it_begins"),
        Index("ix_annotations_at", "workspace_id", "at"),
    )

    workspace_id: Mapped[WorkspaceKey]
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    at: Mapped[Instant]
    until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    text: Mapped[str]
    url: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql_text("'{}'"))
    kind: Mapped[str]
    # No foreign keys: a note outlives its author and the token that wrote it.
    made_by: Mapped[uuid.UUID]
    token_id: Mapped[uuid.UUID | None]
    created_at: Mapped[CreatedAt]
