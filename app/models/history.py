"""History: the figures of past ticks, and their roll-ups by minute and hour.

Figures are JSON by metric, so that a new built-in or custom metric needs no migration.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import WorkspaceKey


class Sample(Base):
    """A workspace's figures at one tick; `at` is the start of the tick's interval, so two workers write one row.

    `figures` is `{metric: number}`; stale metrics are left out.
    """

    __tablename__ = "samples"

    workspace_id: Mapped[WorkspaceKey]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)


class RollUp(Base):
    """The samples of a minute or an hour: `step` is its length in seconds, `at` its start.

    `figures` is `{metric: [samples, sum, lowest, highest, last]}`.
    """

    __tablename__ = "roll_ups"

    workspace_id: Mapped[WorkspaceKey]
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
