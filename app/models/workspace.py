"""Workspaces and their memberships."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import ROLES
from app.domain.sender import ADDRESS_POLICIES
from app.extensions import Base
from app.models.columns import CreatedAt, UuidKey, WorkspaceKey


class Workspace(Base):
    """A tenant; its `timezone` (IANA name) determines when "today" starts."""

    __tablename__ = "workspaces"
    # Shorter than a UUID, so that a slug and an id in a URL cannot be confused.
    __table_args__ = (
        CheckConstraint(f"addresses IN {ADDRESS_POLICIES}", name="known_wish"),
        CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' AND length(slug) < 36", name="slug_form"),
    )

    id: Mapped[UuidKey]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    # When `timezone` was last changed: figures stored before belong to days with a different midnight.
    timezone_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    strict: Mapped[bool] = mapped_column(server_default=text("false"))
    # which part of client addresses is stored with events
    addresses: Mapped[str] = mapped_column(server_default=text("'off'"))
    # event types whose events are marks on charts
    mark_types: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    created_at: Mapped[CreatedAt]


class Membership(Base):
    """A user's role in a workspace."""

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="known_role"),)

    workspace_id: Mapped[WorkspaceKey]
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    created_at: Mapped[CreatedAt]
