"""Reads activity: the amounts of a stretch of time in buckets, and those of the stretch it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app.domain.buckets import Buckets, make_buckets
from app.domain.calendar_periods import Period
from app.domain.comparison import compared_edges
from app.domain.grid import TooManyPoints
from app.domain.instants import minute_of
from app.domain.time_range import TimeRange
from app.errors import InvalidInput
from app.event_log.kept import complete_since
from app.insights import cost
from app.insights.activity import counts, hour_rollup
from app.insights.event_selection import EventSelection

DROPPED = "Events of then have been dropped, and with them what is less than a minute: ask for whole minutes."


@dataclass(frozen=True, slots=True)
class ActivityRequest:
    """What to count in which period, in which buckets of which timezone, and what to compare it with."""

    selection: EventSelection  # of that period
    period: Period
    step: str
    zone: str
    compare: str


@dataclass(frozen=True, slots=True)
class BucketCounts:
    """The buckets of a stretch, each from one of `edges` to the next, with the count of each."""

    edges: Sequence[datetime]
    counts: Sequence[int]
    partial: Sequence[bool]

    @property
    def total(self) -> int:
        """The count of the stretch."""
        return sum(self.counts)


def read_activity(
    connection: Connection, request: ActivityRequest, now: datetime
) -> tuple[str, list[BucketCounts]]:
    """The step, and the stretch itself, followed by the compared one if there is one, with as many buckets.

    Raises InvalidInput (too many points, or events that have been dropped) and TooCostly.
    """
    buckets = _buckets(request, _countable(connection, request.selection, request.period))
    stretches = [buckets.edges]
    if earlier := compared_edges(request.compare, buckets.edges, request.zone):
        start, end = _countable(connection, request.selection, Period(earlier[0], earlier[-1]))
        stretches.append([min(max(edge, start), end) for edge in earlier])
    selections = [
        replace(request.selection, time_range=TimeRange(edges[0], edges[-1])) for edges in stretches
    ]
    if not request.selection.has_sums:
        cost.check_kept(connection, selections)
        cost.check_cost(connection, selections)
    log_start = counts.log_start(connection, request.selection.workspace)
    summed_until = hour_rollup.summed_until(connection, request.selection.workspace)
    return buckets.step, [
        BucketCounts(
            edges,
            counts.bucket_counts(connection, selection, edges, summed_until),
            buckets.partial(edges, log_start, now),
        )
        for selection, edges in zip(selections, stretches, strict=True)
    ]


def _countable(connection: Connection, selection: EventSelection, period: Period) -> Period:
    """The period without the partial minutes at its ends whose events have been dropped: there are only sums."""
    time_range = TimeRange(period.start, period.end)
    if not selection.has_sums or not any(time_range.edges()):
        return period
    kept = complete_since(connection, selection.workspace, minute_of(period.start))
    start = time_range.first_minute if kept > period.start else period.start
    end = minute_of(period.end) if kept > minute_of(period.end) else period.end
    return Period(start, max(start, end))


def _buckets(request: ActivityRequest, period: Period) -> Buckets:
    if period.start == period.end:
        raise InvalidInput(f"since: {DROPPED}", errors={"since": [DROPPED]})
    try:
        return make_buckets(request.step, *period, request.zone)
    except TooManyPoints as error:
        raise InvalidInput(str(error), errors={"step": [str(error)]}) from None
