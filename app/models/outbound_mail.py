"""The outbox table: outbound mail, waiting, sent or failed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import CreatedAt, Instant

OPEN = ("waiting", "retrying")
STATES = (*OPEN, "sent", "dead")


class OutboundMail(Base):
    """One mail to one recipient. Its text is composed when it is sent, so the row holds no link and no secret."""

    __tablename__ = "outbound_mails"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        Index("ix_outbound_mails_due", "due_at", postgresql_where=text(f"state IN {OPEN}")),
        Index("ix_outbound_mails_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]  # selects the function that composes it
    recipient: Mapped[str]
    workspace_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    # next attempt; a claim moves it ahead, as a lease
    due_at: Mapped[Instant] = mapped_column(server_default=text("now()"))
    error: Mapped[str | None]  # of the last attempt
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
