"""The counts of buckets: from sums by hour and minute, else from a bounded number of events.

Final hours that lie within one bucket come from the sums by hour; all other whole minutes from those by minute,
and the partial minutes at the ends of the range from events. There are no sums by channel or user, which would
make every post dearer; these read events, at most as many as take a second or two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.domain.instants import minute_of
from app.domain.resolution import HOUR, floor
from app.insights.event_selection import EventSelection

HOURS = """
    SELECT width_bucket(h.hour, %(starts)s::timestamptz[]), sum({sum}) FROM hour_counts AS h
    WHERE h.workspace_id = %(workspace)s AND h.hour >= %(from)s AND h.hour < %(to)s
    AND h.hour <> ALL (%(but)s::timestamptz[]) GROUP BY 1
"""
# LATERAL, so that each stretch is a range of the index: for a join, the planner prefers all minutes.
MINUTES = """
    SELECT width_bucket(minute, %(starts)s::timestamptz[]), sum(total)
    FROM unnest(%(from)s::timestamptz[], %(to)s::timestamptz[]) AS s (start, stop) CROSS JOIN LATERAL (
        SELECT m.minute, sum({sum}) AS total FROM minute_counts AS m
        WHERE m.workspace_id = %(workspace)s AND m.minute >= s.start AND m.minute < s.stop{and_types}
        GROUP BY m.minute
    ) AS minutes GROUP BY 1
"""
EVENTS = """
    SELECT width_bucket(e.occurred_at, %(starts)s::timestamptz[]), count(*) FROM events AS e
    WHERE {events} GROUP BY 1
"""
EDGE = """
    SELECT count(*) FROM events AS e
    WHERE {events} AND e.occurred_at >= %(from)s AND e.occurred_at < %(to)s
"""
FIRST_MINUTE = "SELECT minute FROM minute_counts WHERE workspace_id = %s ORDER BY minute LIMIT 1"


class SumSources(NamedTuple):
    """From which sums a stretch of whole minutes is read."""

    hours: Period | None  # but for the split ones
    split_hours: list[datetime]  # an edge of a bucket lies within them
    minutes: list[Period]


def bucket_counts(
    connection: Connection,
    selection: EventSelection,
    edges: Sequence[datetime],
    summed_until: datetime | None = None,
) -> list[int]:
    """The count of each bucket, from one edge to the next; inner edges lie on whole minutes.

    `selection` is of the whole stretch. Hours before `summed_until` have their sums.
    """
    counts = [0] * (len(edges) - 1)
    parameters = selection.parameters | {"starts": _array(edges[:-1])}
    if not selection.has_sums:
        query = EVENTS.format(events=selection.events)
        _add(counts, connection.exec_driver_sql(query, parameters))
        return counts
    minutes = Period(selection.time_range.first_minute, minute_of(edges[-1]))
    _add_sums(connection, counts, selection, parameters, sum_sources(minutes, edges, summed_until))
    edge = EDGE.format(events=selection.events)
    for start, end in selection.time_range.edges():
        found = connection.exec_driver_sql(edge, selection.parameters | {"from": start, "to": end})
        counts[0 if start == edges[0] else -1] += found.scalar_one()
    return counts


def sum_sources(minutes: Period, edges: Sequence[datetime], summed_until: datetime | None) -> SumSources:
    """How to read these whole minutes with the fewest rows; hours that have sums end before `summed_until`."""
    start = floor(minutes.start + HOUR - timedelta(microseconds=1), HOUR)
    end = min(floor(minutes.end, HOUR), summed_until or start)
    split = sorted(
        {hour for edge in edges[1:-1] if start <= (hour := floor(edge, HOUR)) < end and hour != edge}
    )
    if len(split) * HOUR >= end - start:
        return SumSources(None, [], [minutes] if minutes.start < minutes.end else [])
    around = (Period(minutes.start, start), Period(end, minutes.end))
    within = (Period(hour, hour + HOUR) for hour in split)
    return SumSources(Period(start, end), split, [one for one in (*around, *within) if one.start < one.end])


def _add_sums(
    connection: Connection,
    counts: list[int],
    selection: EventSelection,
    parameters: Mapping[str, object],
    sources: SumSources,
) -> None:
    if sources.hours:
        bounds = {"from": sources.hours.start, "to": sources.hours.end, "but": sources.split_hours}
        query = HOURS.format(sum=selection.hour_sum)
        _add(counts, connection.exec_driver_sql(query, {**parameters, **bounds}))
    if sources.minutes:
        starts, ends = map(list, zip(*sources.minutes, strict=True))
        query = MINUTES.format(sum=selection.summed, and_types=selection.and_types)
        _add(counts, connection.exec_driver_sql(query, {**parameters, "from": starts, "to": ends}))


def log_start(connection: Connection, workspace: UUID) -> datetime | None:
    """The minute of the earliest event; None without events."""
    minute: datetime | None = connection.exec_driver_sql(FIRST_MINUTE, (workspace,)).scalar()
    return minute


def _array(moments: Sequence[datetime]) -> str:
    """An array as PostgreSQL writes it: psycopg2 takes 4 ms to adapt a day of minutes one by one."""
    return f"{{{','.join(moment.isoformat() for moment in moments)}}}"


def _add(counts: list[int], rows: Iterable[tuple[int, int]]) -> None:
    for number, count in rows:
        counts[number - 1] += int(count)
