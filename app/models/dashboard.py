"""Dashboards: which cards a member has chosen to see, and in which order."""

import uuid

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db


class Dashboard(db.Model):
    """One member's choice in one workspace; whoever has made none has no row."""

    __tablename__ = "dashboards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cards: Mapped[list[str]] = mapped_column(JSONB)  # names of metrics, the first first
