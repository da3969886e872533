"""Rows that nothing needs any more: which they are, how many, and how they go, a few at a time.

A projection is pruned where no figure can need it: events arrive up to a day late, so two days are kept of what
counts only when it is recent. Minute counts stay for ever, and a person's presence is one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import gevent
from sqlalchemy import Connection

BATCH = 5_000  # rows a statement
PAUSE = 0.05  # seconds between statements, so that commits do not wait for the disk
LATEST_KEPT = timedelta(days=2)
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Stale:
    """Rows `t` of a table that may go: `source` is a FROM and a WHERE, which reads `%(before)s`."""

    table: str
    source: str
    kept: timedelta
    outlives_events: bool = False  # kept for that much longer than the events

    def count(self, connection: Connection, now: datetime, retention: timedelta) -> int:
        """How many there are."""
        query = f"SELECT count(*) FROM {self.source}"  # noqa: S608
        count: int = connection.exec_driver_sql(query, self._parameters(now, retention)).scalar_one()
        return count

    def prune(self, connection: Connection, now: datetime, retention: timedelta) -> int:
        """Delete them in small statements, each a transaction of its own; returns how many went.

        Takes a connection that commits by itself. Rows in use are passed over: an hour later will do.
        """
        # By partition and place: by place alone, rows that are needed would go in the other partitions. No table
        # here has any yet, but this version may run beside a migration that partitions one, as 0014 did event_ids.
        # The place alone lets PostgreSQL fetch the rows instead of reading the table.
        statement = (
            f"WITH stale AS MATERIALIZED (SELECT t.tableoid, t.ctid FROM {self.source}"  # noqa: S608
            f" LIMIT {BATCH} FOR UPDATE OF t SKIP LOCKED) DELETE FROM {self.table}"
            " WHERE ctid = ANY (ARRAY(SELECT ctid FROM stale))"
            " AND (tableoid, ctid) IN (SELECT tableoid, ctid FROM stale)"
        )
        parameters = self._parameters(now, retention)
        deleted = last = connection.exec_driver_sql(statement, parameters).rowcount
        while last == BATCH:
            gevent.sleep(PAUSE)
            last = connection.exec_driver_sql(statement, parameters).rowcount
            deleted += last
        return deleted

    def _parameters(self, now: datetime, retention: timedelta) -> Mapping[str, Any]:
        return {"before": now - self.kept - (retention if self.outlives_events else NOTHING)}


STALE = (
    Stale(
        "session_presence",
        # By workspace, for that is how the index begins.
        """workspaces AS w JOIN session_presence AS t ON t.workspace_id = w.id
            WHERE t.last_seen < %(before)s""",
        LATEST_KEPT,
    ),
    Stale("orchestrators", "orchestrators AS t WHERE t.state_at < %(before)s", LATEST_KEPT),
    Stale(
        "channels",
        # That a channel is archived has to be remembered.
        """channels AS t WHERE (t.archived_at IS NULL OR t.archived_at < t.created_at)
            AND coalesce(greatest(t.last_message_at, t.created_at), '-infinity') < %(before)s""",
        LATEST_KEPT,
    ),
    Stale(
        "tasks",
        "tasks AS t WHERE NOT t.is_open AND greatest(t.last_started_at, t.ended_at) < %(before)s",
        NOTHING,
        outlives_events=True,
    ),
    Stale(
        "message_deletions",
        # While a message is kept, a second deletion must not take it back twice.
        """message_deletions AS t WHERE t.deleted_at < %(before)s AND NOT EXISTS (
            SELECT FROM events AS e WHERE e.workspace_id = t.workspace_id AND e.event_type = 'message.sent'
            AND e.event_data ->> 'messageId' = t.message_id
        )""",
        timedelta(days=2),
        outlives_events=True,
    ),
)
