"""The projections of a workspace as they are stored, and as a recount of its events says they should be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import recount
from sqlalchemy import Row

Sql = Callable[..., list[Row]]
STORED = {
    "minute_counts": "SELECT minute, event_type, count, retracted FROM minute_counts",
    "user_presence": "SELECT user_id, last_seen FROM user_presence",
    "session_presence": "SELECT session_id, last_seen FROM session_presence",
    "channels": "SELECT channel_id, last_message_at, created_at, archived_at FROM channels",
    "orchestrators": "SELECT orchestrator_id, state, state_at, state_seq FROM orchestrators",
    "tasks": "SELECT task_id, is_open FROM tasks",
    "message_deletions": "SELECT message_id FROM message_deletions",
}
# A channel whose latest message is taken back looks for the one before among the messages of this time.
RECALLED = timedelta(hours=2)


def stored(sql: Sql, workspace: UUID, last: datetime) -> dict[str, set[tuple]]:
    """The rows of every projection; `last` is when the last event was received."""
    rows = {
        table: {tuple(row) for row in sql(f"{query} WHERE workspace_id = :id", id=workspace)}
        for table, query in STORED.items()
    }
    return rows | {"channels": {_lately(row, last) for row in rows["channels"]}}


def recounted(events: recount.Events, last: datetime) -> dict[str, set[tuple]]:
    """What `stored` should give for these events."""
    return {
        "minute_counts": {(*key, *counts) for key, counts in recount.minute_counts(events).items()},
        "user_presence": set(recount.user_presence(events).items()),
        "session_presence": set(recount.session_presence(events).items()),
        "channels": {_lately((name, *times), last) for name, times in recount.channels(events).items()},
        "orchestrators": {(name, *state) for name, state in recount.orchestrators(events).items()},
        "tasks": set(recount.tasks(events).items()),
        "message_deletions": {(message,) for message in recount.deletions(events)},
    }


def _lately(channel: tuple[Any, ...], last: datetime) -> tuple:
    name, sent, *others = channel
    return name, sent if sent and sent > last - RECALLED else None, *others
