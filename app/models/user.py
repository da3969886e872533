"""People and their sign-in sessions."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import CreatedAt, Instant, UuidKey


class User(Base):
    """A person; `email` is stored in lower case and identifies them."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[UuidKey]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]


class LoginSession(Base):
    """One sign-in of one browser or script; deleting the row signs it out everywhere at once."""

    __tablename__ = "sessions"

    # SHA-256 of the token in the cookie: a leaked table contains no usable session.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # "Firefox on Linux", by which people recognise their sessions in a list.
    browser: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    # When this session last confirmed its password; after ten minutes, sensitive actions require it again.
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())

    user: Mapped[User] = relationship(lazy="joined")


class PasswordReset(Base):
    """One password-reset link; using it deletes all of that user's."""

    __tablename__ = "password_resets"

    # SHA-256 of the link's token: a leaked table contains no usable link.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
