"""Projections of the event log, kept up to date in the transaction that appends to it.

Each can be rebuilt from `events`; together they make a tick cheap: no metric reads the log itself,
but for the rows of one edge minute. Rows that change with every event carry no index on what changes, so that
PostgreSQL can update them in place (HOT).
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Computed, DateTime, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.columns import Instant, WorkspaceKey


class MinuteCount(db.Model):
    """Events of one type that occurred in one minute; `retracted` of them are messages since deleted."""

    __tablename__ = "minute_counts"
    # Few minutes have any, so they are found at once; and counting on leaves the index alone.
    __table_args__ = (
        Index("ix_minute_counts_retracted", "workspace_id", "minute", postgresql_where=text("retracted > 0")),
    )

    workspace_id: Mapped[WorkspaceKey]
    minute: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_type: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    retracted: Mapped[int] = mapped_column(server_default=text("0"))


class UserPresence(db.Model):
    """When a user's latest event occurred."""

    __tablename__ = "user_presence"
    workspace_id: Mapped[WorkspaceKey]
    user_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    last_seen: Mapped[Instant]


class SessionPresence(db.Model):
    """When a session's latest event occurred; a session is whatever a client calls `sessionId`.

    Indexed all the same: sessions pile up, and only the latest matter.
    """

    __tablename__ = "session_presence"
    __table_args__ = (Index("ix_session_presence_last_seen", "workspace_id", "last_seen"),)

    workspace_id: Mapped[WorkspaceKey]
    session_id: Mapped[str] = mapped_column(primary_key=True)
    last_seen: Mapped[Instant]


class Channel(db.Model):
    """A channel's latest message that still stands, and when it was last created and archived."""

    __tablename__ = "channels"
    workspace_id: Mapped[WorkspaceKey]
    channel_id: Mapped[str] = mapped_column(primary_key=True)
    last_message_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MessageDeletion(db.Model):
    """A message id that a `message.deleted` has named, whether or not its `message.sent` has arrived yet."""

    __tablename__ = "message_deletions"

    workspace_id: Mapped[WorkspaceKey]
    message_id: Mapped[str] = mapped_column(primary_key=True)
    deleted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Orchestrator(db.Model):
    """An orchestrator's last state (`online`, `busy`, `offline`) by the time it occurred, then by number."""

    __tablename__ = "orchestrators"
    workspace_id: Mapped[WorkspaceKey]
    orchestrator_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    state_at: Mapped[Instant]
    state_seq: Mapped[int] = mapped_column(BigInteger)


class Task(db.Model):
    """The times that decide a task's state, whatever order its events arrive in.

    Open (todo or in progress) unless ended; a start after the end reopens it only if it had been started
    before the end too: otherwise that start was merely late.
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
