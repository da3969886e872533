"""The counts of a breakdown: from minute sums where these tell enough, else from the events of a bounded stretch.

Types and hours come from the sums, and from the rows of the two edge minutes. Channels and users have no sums:
each event would have to pay for them when it is written. Their events are read, as many as take a second or two.
"""

from __future__ import annotations

from sqlalchemy import Connection

from app.domain.ranking import Ranking, rank
from app.domain.time_range import local_hour
from app.errors import TooCostly
from app.insights.breakdown.query import EventSelection

MAX_EVENTS = 2_000_000  # looked at by one breakdown
QUARTER = "date_bin('15 minutes', {}, 'epoch')"  # every zone's hours begin with one
OF_MINUTES = {"type": "m.event_type", "hour": QUARTER.format("m.minute")}
OF_EVENTS = {
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
# What belongs to no channel comes first, if there is any, then the largest.
BY_KEY = """
    WITH parts AS (SELECT {key} AS key, count(*) AS count FROM events AS e WHERE {events} GROUP BY 1)
    SELECT key, count, sum(count) OVER () AS total, count(key) OVER () AS keys FROM parts
    ORDER BY key IS NOT NULL, count DESC, key COLLATE "C" LIMIT %(limit)s + 1
"""
EVENTS_IN_RANGE = "SELECT coalesce(sum(m.count), 0) FROM minute_counts AS m WHERE {in_minutes}"


def by_type(connection: Connection, question: EventSelection, limit: int) -> Ranking:
    """Events by type."""
    return rank(_by(connection, question, "type"), limit)


def by_hour(connection: Connection, question: EventSelection, limit: int, zone: str) -> Ranking:
    """Events by the hours of a zone; the fullest ones, in the order of the clock."""
    hours: dict[str, int] = {}
    for quarter, count in sorted(_by(connection, question, "hour").items()):
        hour = local_hour(quarter, zone)
        hours[hour] = hours.get(hour, 0) + count
    best = rank(hours, limit)
    chosen = dict(best.top)
    return Ranking([part for part in hours.items() if part[0] in chosen], best.other_keys, best.other)


def by_user_or_channel(connection: Connection, question: EventSelection, limit: int, key: str) -> Ranking:
    """Events by `user` or by `channel`; raises TooCostly where too many would have to be looked at."""
    _refuse_too_many(connection, question)
    query = BY_KEY.format(key=OF_EVENTS[key], events=question.events)
    rows = connection.exec_driver_sql(query, question.parameters | {"limit": limit}).all()
    if not rows:
        return Ranking([], 0, 0)
    none = rows[0].count if rows[0].key is None else 0
    top = [(row.key, row.count) for row in rows if row.key is not None][:limit]
    other = int(rows[0].total) - none - sum(count for _, count in top)
    return Ranking(top, rows[0].keys - len(top), other, none)


def total_count(connection: Connection, question: EventSelection) -> int:
    """How many events there are by the sums, which outlive the events."""
    return sum(_by(connection, question, "type").values())


def _by(connection: Connection, question: EventSelection, key: str) -> dict:
    parameters = question.parameters
    sums = SUMS.format(key=OF_MINUTES[key], summed=question.summed, minutes=question.minutes)
    counts = {part: int(count) for part, count in connection.exec_driver_sql(sums, parameters)}
    edge = EDGE.format(key=OF_EVENTS[key], events=question.events)
    for start, end in question.stretch.edges():
        for part, count in connection.exec_driver_sql(edge, parameters | {"from": start, "to": end}):
            counts[part] = counts.get(part, 0) + count
    return counts


def _refuse_too_many(connection: Connection, question: EventSelection) -> None:
    query = EVENTS_IN_RANGE.format(in_minutes=question.in_minutes)
    in_sight = connection.exec_driver_sql(query, question.parameters).scalar_one()
    if in_sight > MAX_EVENTS:
        raise TooCostly(
            f"There are {in_sight:,} events in this stretch of time; by user or channel at most "
            f"{MAX_EVENTS:,} are looked at. Move since and until closer together."
        )
