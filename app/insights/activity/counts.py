"""The counts of buckets: from minute sums, else from a bounded number of events.

Whole minutes come from the sums, and the partial minutes at the ends of the range from events. There are no sums
by channel or user, which would make every post dearer; these read events, at most as many as take a second or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.insights.event_selection import EventSelection

SUMS = """
    SELECT width_bucket(minute, %(starts)s::timestamptz[]), sum(total) FROM (
        SELECT m.minute, sum({summed}) AS total FROM minute_counts AS m WHERE {minutes} GROUP BY m.minute
    ) AS minutes GROUP BY 1
"""
EVENTS = """
    SELECT width_bucket(e.occurred_at, %(starts)s::timestamptz[]), count(*) FROM events AS e
    WHERE {events} AND e.occurred_at >= %(from)s AND e.occurred_at < %(to)s GROUP BY 1
"""
FIRST_MINUTE = "SELECT minute FROM minute_counts WHERE workspace_id = %s ORDER BY minute LIMIT 1"


def bucket_counts(connection: Connection, selection: EventSelection, edges: Sequence[datetime]) -> list[int]:
    """The count of each bucket, from one edge to the next; inner edges lie on whole minutes.

    `selection` is of the whole stretch.
    """
    counts = [0] * (len(edges) - 1)
    parameters = selection.parameters | {"starts": list(edges[:-1])}
    if selection.has_sums:
        sums = SUMS.format(summed=selection.summed, minutes=selection.minutes)
        _add(counts, connection.exec_driver_sql(sums, parameters))
        stretches = list(selection.time_range.edges())
    else:
        stretches = [(edges[0], edges[-1])]
    events = EVENTS.format(events=selection.events)
    for start, end in stretches:
        _add(counts, connection.exec_driver_sql(events, parameters | {"from": start, "to": end}))
    return counts


def log_start(connection: Connection, workspace: UUID) -> datetime | None:
    """The minute of the earliest event; None without events."""
    minute: datetime | None = connection.exec_driver_sql(FIRST_MINUTE, (workspace,)).scalar()
    return minute


def _add(counts: list[int], rows: Iterable[tuple[int, int]]) -> None:
    for number, count in rows:
        counts[number - 1] += int(count)
