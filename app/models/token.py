"""API tokens: bearer credentials of servers and scripts."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.scopes import SCOPES
from app.extensions import Base
from app.models.columns import CreatedAt, UuidKey


class Token(Base):
    """One token of one member; deleting the row revokes it everywhere.

    It references the membership and is deleted with it, so a member who leaves and returns does not get an old
    token back. A change of role must therefore update the membership, not replace it.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["memberships.workspace_id", "memberships.user_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(
            f"cardinality(scopes) > 0 AND scopes <@ ARRAY{list(SCOPES)}::text[]", name="known_scopes"
        ),
        Index("ix_tokens_membership", "workspace_id", "user_id"),
    )

    id: Mapped[UuidKey]
    workspace_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]
    name: Mapped[str]
    # SHA-256 of the token: a leaked table contains no usable credential.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str]  # the first characters of the token, for lists
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # Not indexed, so that PostgreSQL can update it in place (HOT).
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
