"""Custom metrics: what the admins of a workspace have counted beside the built-in metrics."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import CreatedAt, Instant, UuidKey


class CustomMetric(db.Model):
    """One metric of one workspace; while it is paused, nobody computes it."""

    __tablename__ = "custom_metrics"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[UuidKey]
    workspace_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)  # aggregate, field, types, where, window
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[Instant]  # what was computed before is of another definition
    overruns: Mapped[int] = mapped_column(server_default=text("0"))  # in a row
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paused_because: Mapped[str | None]
