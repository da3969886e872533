"""The latest events that count towards a figure, found by descending sequence number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from app.insights.custom.query import Query
from app.postgres.statements import AnyRow

MAX_EVENTS = 10
MAX_SCANNED = 100_000  # sequence numbers, from the latest back: some ten milliseconds
LATEST_EVENTS = """
    SELECT e.seq, e.event_id, e.event_type, e.user_id, e.occurred_at FROM events AS e
    WHERE {counted} AND e.seq > %(beyond)s AND e.seq <= %(head)s ORDER BY e.seq DESC LIMIT %(most)s
"""


class LatestEvents(NamedTuple):
    """The newest first; `is_all`: ten, or all that there are."""

    events: Sequence[AnyRow]
    is_all: bool


def latest_events(connection: Connection, condition: Query, head: int) -> LatestEvents:
    """The last ten events up to sequence number `head`, within the 100,000 latest.

    `condition` is the condition on events `e`.
    """
    beyond = max(0, head - MAX_SCANNED)
    bounds = {"beyond": beyond, "head": head, "most": MAX_EVENTS}
    statement = LATEST_EVENTS.format(counted=condition.sql)
    events = connection.exec_driver_sql(statement, condition.parameters | bounds).all()
    return LatestEvents(events, len(events) == MAX_EVENTS or beyond == 0)
