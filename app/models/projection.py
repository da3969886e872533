"""Projections: read models of the event log, updated in the transaction that appends to it.

Each can be rebuilt from `events`. They make a tick cheap: no metric reads the log itself, except for the rows of
one edge minute. Columns that change with every event have no index, so that PostgreSQL can update rows in place
(HOT).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Computed, DateTime, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Instant, WorkspaceKey


class MinuteCount(Base):
    """Events of one type that occurred in one minute; `retracted` of them are messages since deleted."""

    __tablename__ = "minute_counts"
    # Partial: few minutes have retractions, and incrementing `count` does not touch the index.
    __table_args__ = (
        Index("ix_minute_counts_retracted", "workspace_id", "minute", postgresql_where=text("retracted > 0")),
    )

    workspace_id: Mapped[WorkspaceKey]
    minute: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_type: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    retracted: Mapped[int] = mapped_column(server_default=text("0"))


class HourCount(Base):
    """The minute counts of one hour (UTC) summed up, for reading months; for hours before `EventHead.hours_until`.

    `messages` are those sent, less those since deleted: a trigger (migration 0015) adjusts it with
    `MinuteCount.retracted`. `by_type` is `{type: events}`.
    """

    __tablename__ = "hour_counts"

    workspace_id: Mapped[WorkspaceKey]
    hour: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    events: Mapped[int]
    messages: Mapped[int]
    by_type: Mapped[dict[str, Any]] = mapped_column(JSONB)


class UserPresence(Base):
    """When a user's latest event occurred."""

    __tablename__ = "user_presence"
    workspace_id: Mapped[WorkspaceKey]
    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    last_seen: Mapped[Instant]


class SessionPresence(Base):
    """When a session's latest event occurred; a session is a `sessionId` chosen by the client.

    `last_seen` is indexed in spite of HOT: sessions accumulate, and only recent ones are read.
    """

    __tablename__ = "session_presence"
    __table_args__ = (Index("ix_session_presence_last_seen", "workspace_id", "last_seen"),)

    workspace_id: Mapped[WorkspaceKey]
    session_id: Mapped[str] = mapped_column(primary_key=True)
    last_seen: Mapped[Instant]


class Channel(Base):
    """The time of a channel's latest message that was not deleted, and of its last creation and archiving."""

    __tablename__ = "channels"
    workspace_id: Mapped[WorkspaceKey]
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    last_message_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MessageDeletion(Base):
    """The id of a deleted message; its `message.sent` may arrive after the `message.deleted`."""

    __tablename__ = "message_deletions"

    workspace_id: Mapped[WorkspaceKey]
    message_id: Mapped[str] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Orchestrator(Base):
    """An orchestrator's last state (`online`, `busy`, `offline`): the latest by time, then by sequence number."""

    __tablename__ = "orchestrators"
    workspace_id: Mapped[WorkspaceKey]
    orchestrator_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    state_at: Mapped[Instant]
    state_seq: Mapped[int] = mapped_column(BigInteger)


class Task(Base):
    """The times that determine a task's state, independent of the order in which its events arrive.

    A task is open (todo or in progress) until it has ended. A start after the end reopens it only if there was a
    start before the end, too: a single start after the end is an event that arrived late.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "workspace_id", postgresql_where=text("is_open")),)

    workspace_id: Mapped[WorkspaceKey]
    task_id: Mapped[str] = mapped_column(primary_key=True)
    first_started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_open: Mapped[bool] = mapped_column(
        Computed(
            "ended_at IS NULL OR coalesce(last_started_at > ended_at AND first_started_at <= ended_at, false)",
            persisted=True,
        )
    )
