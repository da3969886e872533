"""From when on all events of a log are stored: retention drops those received on the oldest days."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import Connection

from app.domain.event import MAX_AHEAD
from app.domain.event_query import CLOCK_SLACK
from app.event_log import partitions

FIRST_STORED = "SELECT seq FROM events WHERE workspace_id = %s ORDER BY seq LIMIT 1"
LAST = "SELECT last_seq FROM event_heads WHERE workspace_id = %s"


def complete_since(connection: Connection, workspace: UUID, since: datetime) -> datetime:
    """`since`, if all events that occurred then or later are stored; otherwise the moment from which on they are.

    An event may be received some minutes before it occurs, so that moment lies a little after the beginning of the
    oldest partition.
    """
    oldest = partitions.oldest_day(connection)
    if oldest is None:
        return since
    complete = datetime.combine(oldest, time(), UTC) + MAX_AHEAD + CLOCK_SLACK
    return complete if since < complete and _has_dropped(connection, workspace) else since


def _has_dropped(connection: Connection, workspace: UUID) -> bool:
    """Whether events of the log have been dropped: numbers begin at 1 and have no gaps."""
    first: int | None = connection.exec_driver_sql(FIRST_STORED, (workspace,)).scalar()
    if first is not None:
        return first > 1
    last: int | None = connection.exec_driver_sql(LAST, (workspace,)).scalar()
    return bool(last)
