"""The counts of a breakdown: from minute sums where these suffice, else from a bounded number of events.

Types and hours come from the sums, and from the events of the two partial minutes at the edges. There are no sums
by channel or user, which would make every post dearer; these read events, at most as many as take a second or two.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.domain.ranking import Ranking, rank
from app.domain.time_range import local_hour
from app.errors import TooCostly
from app.insights.event_selection import EventSelection

MAX_EVENTS = 2_000_000  # read by one breakdown
QUARTER = "date_bin('15 minutes', {}, 'epoch')"  # in every timezone, hours begin at a quarter
MINUTE_KEYS = {"type": "m.event_type", "hour": QUARTER.format("m.minute")}
EVENT_KEYS = {
    "type": "e.event_type",
    "hour": QUARTER.format("e.occurred_at"),
    "user": "e.user_id::text",
    "channel": "CASE jsonb_typeof(e.event_data -> 'channelId') WHEN 'string' "
    "THEN e.event_data ->> 'channelId' END",
}
SUMS = "SELECT {key}, sum({summed}) FROM minute_counts AS m WHERE {minutes} GROUP BY 1"
EDGE = """
    SELECT {key}, count(*) FROM events AS e
    WHERE {events} AND e.occurred_at >= %(from)s AND e.occurred_at < %(to)s GROUP BY 1
"""
# Events without a channel come first (NULL key), then the keys with the highest counts.
BY_KEY = """
    WITH parts AS (SELECT {key} AS key, count(*) AS count FROM events AS e WHERE {events} GROUP BY 1)
    SELECT key, count, sum(count) OVER () AS total, count(key) OVER () AS keys FROM parts
    ORDER BY key IS NOT NULL, count DESC, key COLLATE "C" LIMIT %(limit)s + 1
"""
EVENTS_IN_RANGE = "SELECT coalesce(sum(m.count), 0) FROM minute_counts AS m WHERE {in_minutes}"


def by_type(connection: Connection, selection: EventSelection, limit: int) -> Ranking:
    """Events by type."""
    return rank(_counts_by(connection, selection, "type"), limit)


def by_hour(connection: Connection, selection: EventSelection, limit: int, zone: str) -> Ranking:
    """Events by local hour in `zone`: the hours with the highest counts, in chronological order."""
    hours: dict[str, int] = {}
    for quarter, count in sorted(_counts_by(connection, selection, "hour").items()):
        hour = local_hour(quarter, zone)
        hours[hour] = hours.get(hour, 0) + count
    best = rank(hours, limit)
    chosen = dict(best.top)
    return Ranking([part for part in hours.items() if part[0] in chosen], best.other_keys, best.other)


def by_user_or_channel(connection: Connection, selection: EventSelection, limit: int, key: str) -> Ranking:
    """Events by `user` or `channel`; raises TooCostly if more than MAX_EVENTS would have to be read."""
    _check_cost(connection, selection)
    query = BY_KEY.format(key=EVENT_KEYS[key], events=selection.events)
    rows = connection.exec_driver_sql(query, selection.parameters | {"limit": limit}).all()
    if not rows:
        return Ranking([], 0, 0)
    first_key, first_count, total, keys = rows[0]
    none = first_count if first_key is None else 0
    top = [(key, count) for key, count, *_ in rows if key is not None][:limit]
    other = int(total) - none - sum(count for _, count in top)
    return Ranking(top, keys - len(top), other, none)


def total_count(connection: Connection, selection: EventSelection) -> int:
    """The number of events by the sums, which are kept longer than the events."""
    return sum(_counts_by(connection, selection, "type").values())


def _counts_by(connection: Connection, selection: EventSelection, key: str) -> dict[Any, int]:
    parameters = selection.parameters
    sums = SUMS.format(key=MINUTE_KEYS[key], summed=selection.summed, minutes=selection.minutes)
    counts = {part: int(count) for part, count in connection.exec_driver_sql(sums, parameters)}
    edge = EDGE.format(key=EVENT_KEYS[key], events=selection.events)
    for start, end in selection.time_range.edges():
        for part, count in connection.exec_driver_sql(edge, parameters | {"from": start, "to": end}):
            counts[part] = counts.get(part, 0) + count
    return counts


def _check_cost(connection: Connection, selection: EventSelection) -> None:
    query = EVENTS_IN_RANGE.format(in_minutes=selection.in_minutes)
    in_range = connection.exec_driver_sql(query, selection.parameters).scalar_one()
    if in_range > MAX_EVENTS:
        raise TooCostly(
            f"There are {in_range:,} events in this stretch of time; by user or channel at most "
            f"{MAX_EVENTS:,} are looked at. Move since and until closer together."
        )
