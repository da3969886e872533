"""Stale rows of projections, which no metric can need any more: deletes them in small batches.

Events arrive up to a day late, so two days are kept of rows that count only while they are recent. Minute counts
are kept for ever, and a person's presence is one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import gevent
from sqlalchemy import Connection

BATCH = 5_000  # rows a statement
PAUSE = 0.05  # seconds between statements, so that commits need not wait for the disk
LATEST_TTL = timedelta(days=2)
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class StaleRows:
    """Stale rows `t` of a table: `source` is a FROM and a WHERE with the parameter `%(before)s`."""

    table: str
    source: str
    ttl: timedelta
    outlives_events: bool = False  # then `ttl` begins when the events are dropped

    def count(self, connection: Connection, now: datetime, retention: timedelta) -> int:
        """Count them."""
        query = f"SELECT count(*) FROM {self.source}"  # noqa: S608
        count: int = connection.exec_driver_sql(query, self._parameters(now, retention)).scalar_one()
        return count

    def prune(self, connection: Connection, now: datetime, retention: timedelta) -> int:
        """Delete them in batches, each a transaction of its own; returns the number of deleted rows.

        Takes a connection in autocommit. Locked rows are skipped; a later round deletes them.
        """
        # By tableoid and ctid: by ctid alone, needed rows would be deleted in other partitions. No table here has
        # any yet, but this version may run beside a migration that partitions one, as 0014 did event_ids.
        # The condition on ctid alone makes PostgreSQL fetch the rows by it instead of scanning the table.
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
        return {"before": now - self.ttl - (retention if self.outlives_events else NO_TIME)}


STALE_ROWS = (
    StaleRows(
        "session_presence",
        # By workspace, the first column of the index.
        """workspaces AS w JOIN session_presence AS t ON t.workspace_id = w.id
            WHERE t.last_seen < %(before)s""",
        LATEST_TTL,
    ),
    StaleRows("orchestrators", "orchestrators AS t WHERE t.state_at < %(before)s", LATEST_TTL),
    StaleRows(
        "channels",
        # Archived channels are kept.
        """channels AS t WHERE (t.archived_at IS NULL OR t.archived_at < t.created_at)
            AND coalesce(greatest(t.last_message_at, t.created_at), '-infinity') < %(before)s""",
        LATEST_TTL,
    ),
    StaleRows(
        "tasks",
        "tasks AS t WHERE NOT t.is_open AND greatest(t.last_started_at, t.ended_at) < %(before)s",
        NO_TIME,
        outlives_events=True,
    ),
    StaleRows(
        "message_deletions",
        # As long as a message is kept, a second deletion must not be counted again.
        """message_deletions AS t WHERE t.deleted_at < %(before)s AND NOT EXISTS (
            SELECT FROM events AS e WHERE e.workspace_id = t.workspace_id AND e.event_type = 'message.sent'
            AND e.event_data ->> 'messageId' = t.message_id
        )""",
        timedelta(days=2),
        outlives_events=True,
    ),
)
