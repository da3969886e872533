"""Invitations: links by which a person becomes a member of a workspace."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.roles import ROLES
from app.extensions import Base
from app.models.columns import CreatedAt, Instant, UuidKey, WorkspaceKey


class Invitation(Base):
    """One open invitation; accepting or revoking deletes the row."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="known_role"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        UniqueConstraint("workspace_id", "email"),
        Index("ix_invitations_token_hash", "token_hash"),
        Index("ix_invitations_mail_token_hash", "mail_token_hash"),
    )

    workspace_id: Mapped[WorkspaceKey]
    id: Mapped[UuidKey]
    email: Mapped[str]
    role: Mapped[str]
    # SHA-256 of the link's token: a leaked table contains no usable link.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    # The mailed link has a separate token, created when the mail is sent: the mail queue never stores a secret.
    mail_token_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
