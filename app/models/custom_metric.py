"""Custom metrics: figures that a workspace's admins define beside the built-in ones."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import CreatedAt, Instant, UuidKey


class CustomMetric(Base):
    """One custom metric of one workspace; it is not computed while `paused_at` is set."""

    __tablename__ = "custom_metrics"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        # The job that counts backwards asks every second which are still to be counted.
        Index(
            "ix_custom_metrics_backfill", "backfill_to", postgresql_where=text("backfill_state = 'running'")
        ),
    )

    id: Mapped[UuidKey]
    workspace_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)  # aggregate, field, types, where, window
    created_at: Mapped[CreatedAt]
    changed_at: Mapped[Instant]  # cached figures of before are not those of this metric any more
    # Since when the definition is what it is. The version before leaves this and what follows null.
    defined_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    redefined: Mapped[bool] = mapped_column(
        server_default=text("false")
    )  # there was another definition before
    # consecutive queries that hit the time limit
    overruns: Mapped[int] = mapped_column(server_default=text("0"))
    paused_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    paused_because: Mapped[str | None]
    # Its values before `defined_at`, counted from the events: `running`, `done` or `failed`.
    backfill_state: Mapped[str | None]
    backfill_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the oldest moment
    backfill_to: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # counted down to here
    backfill_error: Mapped[str | None]
