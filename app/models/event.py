"""The event log: an append-only table of events, the head that numbers them, and the ids in use."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.extensions import Base
from app.models.columns import Instant, WorkspaceKey


class EventHead(Base):
    """The last sequence number of a workspace's log; the transaction that holds this row's lock appends."""

    __tablename__ = "event_heads"

    workspace_id: Mapped[WorkspaceKey]
    epoch: Mapped[str]  # eight hex digits, new when the log was rolled back or restored
    last_seq: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_received_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # last_seq when the epoch began
    epoch_from: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    identity: Mapped[str | None]  # of the database that assigned last_seq
    # Earlier hours are summed up in hour_counts; null until the first are.
    hours_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Event(Base):
    """One event. Partitioned by the UTC day of `received_at`, so that retention drops whole partitions."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_occurred", "workspace_id", "occurred_at"),
        # A message.deleted looks up the message.sent that it retracts.
        Index(
            "ix_events_message",
            "workspace_id",
            text("(event_data ->> 'messageId')"),
            postgresql_where=text("event_type = 'message.sent'"),
        ),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )

    # No foreign keys: this is the hot path, and events outlive the users and members that they name.
    workspace_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_id: Mapped[str]
    event_type: Mapped[str]
    event_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    user_id: Mapped[uuid.UUID]
    session_id: Mapped[str | None]
    occurred_at: Mapped[Instant]
    # Null unless the workspace setting `addresses` keeps them.
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class EventId(Base):
    """An event id in use, with the event it belongs to, so that a retry gets the first response again.

    Partitioned as `events` is, but dropped after days instead of months. Each partition has a primary key of
    (workspace_id, event_id). A unique index cannot span partitions: an id is unique across them because appending
    looks it up under the lock of the workspace's EventHead.
    """

    __tablename__ = "event_ids"
    __table_args__ = ({"postgresql_partition_by": "RANGE (received_at)"},)

    workspace_id: Mapped[uuid.UUID]
    event_id: Mapped[str]
    seq: Mapped[int] = mapped_column(BigInteger)
    # Hash of the content: the same id with different content is a conflict, not a retry.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    occurred_at: Mapped[Instant]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """The key that the mapper uses: the partitioned table itself has none."""
        return {"primary_key": ["workspace_id", "event_id"]}
