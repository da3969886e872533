"""Custom metrics: figures that a workspace's admins define beside the built-in ones."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import CreatedAt, Instant, UuidKey


class CustomMetric(Base):
    """One custom metric of one workspace; it is not computed while `paused_at` is set."""

    __tablename__ = "custom_metrics"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    id: Mapped[UuidKey]
    workspace_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)  # aggregate, field, types, where, window
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[Instant]  # figures computed before belong to an earlier definition
    # consecutive queries that hit the time limit
    overruns: Mapped[int] = mapped_column(server_default=text("0"))
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paused_because: Mapped[str | None]
