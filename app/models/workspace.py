"""Workspaces and who belongs to them."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import ROLES
from app.domain.sender import WISHES
from app.extensions import db
from app.models.columns import CreatedAt, UuidKey, WorkspaceKey


class Workspace(db.Model):
    """The tenant; its `timezone` (IANA name) decides when "today" starts."""

    __tablename__ = "workspaces"
    # A slug that looked like a UUID could not be told from an id in a URL.
    __table_args__ = (
        CheckConstraint(f"addresses IN {WISHES}", name="known_wish"),
        CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' AND length(slug) < 36", name="slug_form"),
    )

    id: Mapped[UuidKey]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    timezone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    # When it was last changed: figures kept before are of days that began at another midnight.
    timezone_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    strict: Mapped[bool] = mapped_column(server_default=text("false"))
    addresses: Mapped[str] = mapped_column(server_default=text("'off'"))  # what is kept of them with events
    created_at: Mapped[CreatedAt]


class Membership(db.Model):
    """A user's role in a workspace."""

    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="known_role"),)

    workspace_id: Mapped[WorkspaceKey]
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    created_at: Mapped[CreatedAt]
