"""Baseline: what a figure usually is at this time of the week, and how far from that it usually strays.

A fixed threshold fires each Monday morning, or never. The baseline is the median of the same local weekday
and time over the last weeks, with a band of four spreads. The band of history and the alerts both use it,
so that a figure outside the band is one that alerts. It is taken from figures by hour: each hour's mean of
a level, its last figure of an amount. Local time counts, so that a change of clocks moves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import sqrt
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.calendar_periods import DAY, Period, same_time
from app.domain.instants import midnight_of
from app.domain.resolution import HOUR, MINUTE, floor

WEEKS = 6  # that it looks back, at most
MIN_WEEKS = 3  # fewer say nothing: still learning
BAND_SPREADS = 4
MAD_TO_DEVIATION = 1.4826  # of normally distributed figures: their standard deviation by their MAD
MIN_RELATIVE_SPREAD = 0.1  # of the median: figures that never varied are not exact for that
INSTANT = timedelta(microseconds=1)
QUARTER = 15 * MINUTE


class HourFigures(NamedTuple):
    """A metric in one hour: the figure that stands for it in history, the highest and the last one."""

    value: float
    highest: float
    last: float


class Expected(NamedTuple):
    """The usual figure and its band, in the metric's unit, from so many weeks; None while there are too few."""

    expected: float | None
    low: float | None
    high: float | None
    weeks: int


Hours = Mapping[datetime, HourFigures]  # by the start of each hour that is known


def expected_of(weeks: Iterable[Collection[float]], *, is_count: bool) -> Expected:
    """The baseline of the figures of each week; a week without any does not count.

    The spread is 1.4826 times the median absolute deviation, but at least a tenth of the median, and of counts at
    least the square root of the median, which is how much pure chance makes them vary.
    """
    known = [week for week in weeks if week]
    if len(known) < MIN_WEEKS:
        return Expected(None, None, None, len(known))
    figures = [figure for week in known for figure in week]
    middle = median(figures)
    spread = max(
        MAD_TO_DEVIATION * median(abs(figure - middle) for figure in figures),
        MIN_RELATIVE_SPREAD * abs(middle),
        sqrt(max(middle, 1)) if is_count else 0,
    )
    return Expected(middle, middle - BAND_SPREADS * spread, middle + BAND_SPREADS * spread, len(known))


def expected_at(
    moment: datetime, zone: str, hours: Hours, *, is_running_total: bool, is_count: bool
) -> Expected:
    """The baseline as of a moment, from the figures of `hours_of` the moment.

    Of each week it takes the hour that the moment ends or lies in, and the hours beside it; of a running total the
    figure at that very minute, since the hours beside it differ by what is added in an hour. To leave out hours
    (those of an incident), leave them out of `hours`.
    """
    moments = weekly_moments(baseline_moment(moment, is_running_total=is_running_total), zone)
    if is_running_total:
        totals = (running_total(then, zone, hours) for then in moments)
        weeks: list[list[float]] = [[] if total is None else [total] for total in totals]
    else:
        weeks = [[hours[hour].value for hour in hours_beside(then) if hour in hours] for then in moments]
    return expected_of(weeks, is_count=is_count)


def baseline_moment(moment: datetime, *, is_running_total: bool) -> datetime:
    """The end of the minute, or of the quarter of an hour, whose moments share one baseline."""
    step = MINUTE if is_running_total else QUARTER
    return floor(moment - INSTANT, step) + step


def hours_of(moments: Iterable[datetime], zone: str) -> set[datetime]:
    """The starts of the hours that the baselines of these moments are taken from."""
    quarters = {baseline_moment(moment, is_running_total=False) for moment in moments}
    return {
        hour for quarter in quarters for then in weekly_moments(quarter, zone) for hour in hours_beside(then)
    }


def weekly_moments(moment: datetime, zone: str) -> list[datetime]:
    """The same local weekday and time in each of the last WEEKS weeks, the latest first."""
    day = floor(moment, DAY)
    return [
        same_time(moment, zone, 7 * week)
        if (back := _even_days(day, zone, 7 * week)) is None
        else moment - back
        for week in range(1, WEEKS + 1)
    ]


def hours_beside(moment: datetime) -> tuple[datetime, datetime, datetime]:
    """The starts of the hour that the moment ends or lies in, of the one before and of the one after."""
    hour = _hour_until(moment)
    return hour - HOUR, hour, hour + HOUR


def running_total(moment: datetime, zone: str, hours: Hours) -> float | None:
    """A figure since local midnight as of the moment, interpolated between the ends of hours; None if unknown."""
    hour, day = _hour_until(moment), _day_until(moment, zone)
    start = (day.start, 0.0) if day.start >= hour else _known(hour, hours.get(hour - HOUR))
    end = _end(hour, day, hours.get(hour))
    if end and end[0] == moment:
        return end[1]
    if end is None or start is None:
        return None
    (since, low), (until, high) = start, end
    return low + (high - low) * ((moment - since) / (until - since))


def _end(hour: datetime, day: Period, figures: HourFigures | None) -> tuple[datetime, float] | None:
    """When the hour, or the day within it, ends, and the figure then.

    Where midnight lies within the hour (India), the last figure is of the next day. The highest is of the day that
    ended if it is above that, since the figure restarted at midnight and only grows.
    """
    if day.end >= hour + HOUR:
        return _known(hour + HOUR, figures)
    return (day.end, figures.highest) if figures and figures.highest > figures.last else None


def _known(at: datetime, figures: HourFigures | None) -> tuple[datetime, float] | None:
    return (at, figures.last) if figures else None


def _hour_until(moment: datetime) -> datetime:
    return floor(moment - INSTANT, HOUR)


def _day_until(moment: datetime, zone: str) -> Period:
    return _day_of((moment - INSTANT).astimezone(ZoneInfo(zone)).date(), zone)


# A range has up to 1,500 moments, but few days.
@lru_cache(maxsize=4096)
def _even_days(day: datetime, zone: str, days: int) -> timedelta | None:
    """How far back the same local time lies, for any moment of a day of UTC; None if clocks changed around it."""
    then, where = day - days * DAY, ZoneInfo(zone)
    offsets, earlier = (
        {at.astimezone(where).utcoffset() or timedelta() for at in (since - 2 * DAY, since + 3 * DAY)}
        for since in (day, then)
    )
    return days * DAY + earlier.pop() - offsets.pop() if len(offsets) == len(earlier) == 1 else None


@lru_cache(maxsize=4096)
def _day_of(day: date, zone: str) -> Period:
    return Period(midnight_of(day, zone), midnight_of(day + DAY, zone))
