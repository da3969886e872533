"""The counts of a breakdown: from minute sums where these suffice, else from a bounded number of events.

Types and hours come from the sums, and from the events of the two partial minutes at the edges. There are no sums
by channel or user, which would make every post dearer; these read events, at most as many as take a second or two.
So does everything that is filtered by channel or user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.comparison import compared_edges, compared_range
from app.domain.ranking import ZERO, Order, RankedPart, Ranking, Tally, by_change, by_count, rank
from app.domain.time_range import TimeRange, hour_edges, local_hour
from app.insights.event_selection import EventSelection
from app.insights.tick.log_positions import READ_ONLY_SNAPSHOT

TYPE, CHANNEL, USER, HOUR = BY = ("type", "channel", "user", "hour")
QUARTER = "date_bin('15 minutes', {}, 'epoch')"  # in every timezone, hours begin at a quarter
BUCKET = "width_bucket({}, %(edges)s::timestamptz[])"  # from 1, its edges on whole minutes
MINUTE, MOMENT = "m.minute", "e.occurred_at"
KEYS = {
    USER: "e.user_id::text",
    CHANNEL: "CASE jsonb_typeof(e.event_data -> 'channelId') WHEN 'string' "
    "THEN e.event_data ->> 'channelId' END",
}
SUMS = "SELECT {key}, sum({summed}) FROM minute_counts AS m WHERE {minutes} GROUP BY 1"
EVENTS = "SELECT {key}, count(*) FROM events AS e WHERE {events} GROUP BY 1"
EDGE = EVENTS.replace("{events}", "{events} AND e.occurred_at >= %(from)s AND e.occurred_at < %(to)s")
IN_RANGE = """
    SELECT {key} AS key, count(*) AS events, 0 AS previous, max(e.occurred_at) AS last
    FROM events AS e WHERE {events} GROUP BY 1
"""
IN_COMPARED_RANGE = "SELECT {key}, 0, count(*), NULL FROM events AS e WHERE {events} GROUP BY 1"
# Events without a channel come first (NULL key), then the first keys of the order.
BY_KEY = """
    WITH counted AS ({counted}), parts AS (
        SELECT key, sum(events)::bigint AS events, sum(previous)::bigint AS previous, max(last) AS last
        FROM counted GROUP BY key
    )
    SELECT key, events, previous, last, (sum(events) OVER ())::bigint AS total,
        (sum(previous) OVER ())::bigint AS previous_total, count(key) OVER () AS keys
    FROM parts ORDER BY key IS NOT NULL, {order}, key COLLATE "C" LIMIT %(limit)s + 1
"""
ORDERS: Mapping[Order, str] = {
    by_count: "events DESC, previous DESC",
    by_change: "abs(events - previous) DESC, events DESC",
}
STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '5s'"
READ_ONLY = f"{READ_ONLY_SNAPSHOT}; {STATEMENT_TIMEOUT}"
COMPARED = "compared_"  # begins the names of the bind parameters of the compared range


@dataclass(frozen=True, slots=True)
class ComparedSelection:
    """Selected events, and those of the range that theirs is compared with (None: with nothing).

    `until` is the end of the range for the comparison: of a range without an end, the moment of the query. Hours
    are those of `zone`.
    """

    present: EventSelection
    previous: EventSelection | None = None
    compare: str = "none"
    until: datetime | None = None
    zone: str = "UTC"

    def each(self) -> list[EventSelection]:
        """The one or two selections whose events are counted."""
        return [self.present, *([self.previous] if self.previous else [])]

    def hours(self) -> tuple[list[datetime], list[datetime]]:
        """Where the local hours of the range begin, and the corresponding moments of the compared range."""
        since = self.present.time_range.since
        edges = hour_edges(since, self.until or since, self.zone)
        return edges[:-1], (compared_edges(self.compare, edges, self.zone) or [])[:-1]


def compared(selection: EventSelection, compare: str, now: datetime, zone: str) -> ComparedSelection:
    """The selection beside that of the range that `compare` names; of a range without an end, up to `now`."""
    since = selection.time_range.since
    until = max(since, selection.time_range.until or now)
    before = compared_range(compare, since, until, zone)
    previous = replace(selection, time_range=TimeRange(*before)) if before else None
    return ComparedSelection(selection, previous, compare, until, zone)


def count_parts(
    connection: Connection, selection: ComparedSelection, by: str, limit: int, order: Order = by_count
) -> Ranking:
    """The first `limit` parts by type, channel, user or local hour, beside the same in the compared range.

    Hours are those of the range: what it is compared with counts in the hours that it corresponds to. By channel
    or user, or filtered by these, it reads all events of the ranges: check `cost` first.
    """
    if by in (CHANNEL, USER):
        return _rank_events(connection, selection, KEYS[by], limit, order)
    counted = _types if by == TYPE else _hours
    counts, before = counted(connection, selection)
    tallies = {key: Tally(counts.get(key, 0), before.get(key, 0)) for key in {*counts, *before}}
    return rank(tallies, limit, order)


def total_count(connection: Connection, selection: ComparedSelection) -> Tally:
    """The numbers of events; where there are sums, by these, which are kept longer than the events."""
    counts, before = _types(connection, selection)
    return Tally(sum(counts.values()), sum(before.values()))


Counts = Mapping[str, int]


def _types(connection: Connection, selection: ComparedSelection) -> tuple[Counts, Counts]:
    counts = [_counts_by(connection, one, "m.event_type", "e.event_type") for one in selection.each()]
    return counts[0], counts[1] if selection.previous else {}


def _hours(connection: Connection, selection: ComparedSelection) -> tuple[Counts, Counts]:
    quarters = _counts_by(connection, selection.present, QUARTER.format(MINUTE), QUARTER.format(MOMENT))
    counts: dict[str, int] = {}
    for quarter, count in quarters.items():
        hour = local_hour(quarter, selection.zone)
        counts[hour] = counts.get(hour, 0) + count
    if not selection.previous:
        return counts, {}
    starts, edges = selection.hours()
    buckets = _counts_by(
        connection, selection.previous, BUCKET.format(MINUTE), BUCKET.format(MOMENT), {"edges": edges}
    )
    return counts, {
        local_hour(starts[number - 1], selection.zone): count for number, count in buckets.items()
    }


def _counts_by(
    connection: Connection,
    selection: EventSelection,
    minute_key: str,
    event_key: str,
    values: Mapping[str, object] | None = None,
) -> dict[Any, int]:
    """The counts by key, an expression of rows of minute_counts or events; from sums if the selection has any."""
    parameters = selection.parameters | dict(values or {})
    if not selection.has_sums:
        query = EVENTS.format(key=event_key, events=selection.events)
        return {key: int(count) for key, count in connection.exec_driver_sql(query, parameters)}
    sums = SUMS.format(key=minute_key, summed=selection.summed, minutes=selection.minutes)
    counts = {key: int(count) for key, count in connection.exec_driver_sql(sums, parameters)}
    edge = EDGE.format(key=event_key, events=selection.events)
    for start, end in selection.time_range.edges():
        for key, count in connection.exec_driver_sql(edge, parameters | {"from": start, "to": end}):
            counts[key] = counts.get(key, 0) + count
    return counts


def _rank_events(
    connection: Connection, selection: ComparedSelection, key: str, limit: int, order: Order
) -> Ranking:
    present, previous = selection.present, selection.previous
    counted = IN_RANGE.format(key=key, events=present.events)
    parameters = present.parameters | {"limit": limit}
    if previous:
        events = previous.events.replace("%(", f"%({COMPARED}")
        counted += f" UNION ALL {IN_COMPARED_RANGE.format(key=key, events=events)}"
        parameters |= {f"{COMPARED}{name}": value for name, value in previous.parameters.items()}
    query = BY_KEY.format(counted=counted, order=ORDERS[order])
    rows = connection.exec_driver_sql(query, parameters).all()
    if not rows:
        return Ranking([])
    parts = [RankedPart(row.key, Tally(row.events, row.previous), row.last) for row in rows]
    none = parts.pop(0).tally if parts[0].key is None else ZERO
    top = parts[:limit]
    shown = Ranking(top, none=none).total
    other = Tally(rows[0].total - shown.count, rows[0].previous_total - shown.previous)
    return Ranking(top, rows[0].keys - len(top), other, none)
