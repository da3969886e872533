"""People and their sign-in sessions."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.models.columns import CreatedAt, Instant, UuidKey


class User(db.Model):
    """A person; `email` is stored in lower case and identifies them."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[UuidKey]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]


class LoginSession(db.Model):
    """One sign-in of one browser or script; deleting the row signs it out everywhere at once."""

    __tablename__ = "sessions"

    # SHA-256 of the token in the cookie: a leaked table signs nobody in.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # "Firefox on Linux": so that people know their own again in a list.
    browser: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
    # When the password was last asked for in this session; older than ten minutes, it is asked for again.
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), server_default=func.now())

    user: Mapped[User] = relationship(lazy="joined")


class PasswordReset(db.Model):
    """One link by which a person sets a new password; using it deletes all of theirs."""

    __tablename__ = "password_resets"

    # SHA-256 of the link's token: a leaked table resets nothing.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[Instant]
