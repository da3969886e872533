"""Calendar arithmetic in local time: the same time on another day, and days, weeks and months of a timezone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.instants import first_existing

DAY = timedelta(days=1)


class Period(NamedTuple):
    """A stretch of time, such as a day, week or month; it ends before `end`."""

    start: datetime
    end: datetime


def same_time(moment: datetime, zone: str, days_before: int) -> datetime:
    """The moment with the same local time, `days_before` days earlier.

    A local time that clocks skipped becomes the end of the gap; of one that occurred twice, the first is meant.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return _at(local.date() - days_before * DAY, local.time(), zone)


def periods(kind: str, moment: datetime, zone: str, count: int) -> list[Period]:
    """The last `count` whole days, weeks (from Monday) or months, followed by the one that contains the moment."""
    starts = [first := _first_day(kind, moment.astimezone(ZoneInfo(zone)).date())]
    for _ in range(count):
        starts.append(_first_day(kind, starts[-1] - DAY))
    edges = [_at(day, time(), zone) for day in [*reversed(starts), _next(kind, first)]]
    return [Period(*pair) for pair in pairwise(edges)]


def same_point(kind: str, moment: datetime, zone: str) -> datetime:
    """The point in the previous period that corresponds to the moment: the same day of it, the same local time.

    If the previous month has no such day, its end.
    """
    local = moment.astimezone(ZoneInfo(zone))
    before, running = periods(kind, moment, zone, 1)
    if kind == "month":
        day = before.start.astimezone(ZoneInfo(zone)).date() + (local.day - 1) * DAY
        point = _at(day, local.time(), zone)
    else:
        point = same_time(moment, zone, 1 if kind == "day" else 7)
    return min(max(point, before.start), running.start)


def _at(day: date, clock: time, zone: str) -> datetime:
    return first_existing(datetime.combine(day, clock, ZoneInfo(zone))).astimezone(UTC)


def _first_day(kind: str, day: date) -> date:
    return FIRST_DAYS[kind](day)


def _next(kind: str, first: date) -> date:
    return _first_day(kind, first + MAX_LENGTH[kind])


FIRST_DAYS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - day.weekday() * DAY,
    "month": lambda day: day.replace(day=1),
}
MAX_LENGTH = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY}
