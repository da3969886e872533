"""The event log: an append-only table of events, the head that numbers them, and the ids already taken."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import Instant, WorkspaceKey


class EventHead(db.Model):
    """The last number given in a workspace; whoever holds this row's lock gives the next ones."""

    __tablename__ = "event_heads"

    workspace_id: Mapped[WorkspaceKey]
    epoch: Mapped[str]  # eight hex digits: one life of the workspace's log
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_received_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    epoch_from: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0")
    )  # last_seq as the epoch began
    identity: Mapped[str | None]  # of the database that numbered it last, see app/log_identity.py


class Event(db.Model):
    """One thing that happened. Partitioned by the UTC day of `received_at`: old days are dropped whole."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_occurred", "workspace_id", "occurred_at"),
        # message.deleted finds what it takes back.
        Index(
            "ix_events_message",
            "workspace_id",
            text("(event_data ->> 'messageId')"),
            postgresql_where=text("event_type = 'message.sent'"),
        ),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )

    # No foreign keys: this is the hot path, and a log outlives the people it names.
    workspace_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_id: Mapped[str]
    event_type: Mapped[str]
    event_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    user_id: Mapped[uuid.UUID]
    session_id: Mapped[str | None]
    occurred_at: Mapped[Instant]
    # Only where the workspace asks for them.
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class EventId(db.Model):
    """An event id already taken, with what it stood for: a retry gets the first answer again.

    Partitioned as `events` is, but dropped after days instead of months. Each partition has a primary key of
    (workspace_id, event_id). That an id is taken once over all of them is held by the look-up under the head's
    lock (app/event_log.py), for a unique index cannot span partitions.
    """

    __tablename__ = "event_ids"
    __table_args__ = ({"postgresql_partition_by": "RANGE (received_at)"},)
    __mapper_args__: ClassVar = {"primary_key": ["workspace_id", "event_id"]}  # the table as a whole has none

    workspace_id: Mapped[uuid.UUID]
    event_id: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    # Of the content: the same id with other content is a conflict, not a retry.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurred_at: Mapped[Instant]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
