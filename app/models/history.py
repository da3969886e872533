"""History: the figures of past ticks, and what is left of them when they are older.

Figures are JSON by metric, so that a new metric, or one of a workspace's own, needs no migration.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import WorkspaceKey


class Sample(db.Model):
    """A workspace's figures at one tick; `at` is when the tick's turn began, so that two workers' ticks are one.

    `figures` is `{metric: number}`; a metric that was stale is left out.
    """

    __tablename__ = "samples"

    workspace_id: Mapped[WorkspaceKey]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)


class RollUp(db.Model):
    """The samples of a minute or an hour: `step` is its seconds, `at` when it began.

    `figures` is `{metric: [samples, sum, lowest, highest, last]}`.
    """

    __tablename__ = "roll_ups"

    workspace_id: Mapped[WorkspaceKey]
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
