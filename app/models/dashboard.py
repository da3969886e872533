"""Dashboard preferences: the cards that a member has chosen, in order."""

import uuid

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Dashboard(Base):
    """One member's choice in one workspace; without a row the default cards are shown."""

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
    cards: Mapped[list[str]] = mapped_column(JSONB)  # metric names in display order
