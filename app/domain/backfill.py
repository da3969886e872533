"""Slices of a backfill: which stretch of the past is counted next, and at which resolution history keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.custom_metric import MetricDefinition
from app.domain.event import MAX_AHEAD
from app.domain.event_query import CLOCK_SLACK
from app.domain.instants import MILLISECOND, local_midnight
from app.domain.resolution import HOUR, MINUTE, HistoryRetention, floor

MORE_THAN_A_DAY = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class BackfillSlice:
    """From `start` to `end` in steps: each has the value of its last millisecond.

    `source` is the resolution that history reads there: a minute, an hour, or None for samples.
    """

    start: datetime
    end: datetime
    step: timedelta
    source: timedelta | None

    @property
    def starts(self) -> Sequence[datetime]:
        """Where each step begins."""
        return [self.start + number * self.step for number in range((self.end - self.start) // self.step)]

    @property
    def moments(self) -> Sequence[datetime]:
        """The moments whose values are counted; the last one of a day still belongs to it."""
        return [start + self.step - MILLISECOND for start in self.starts]


def next_slice(
    end: datetime,
    oldest: datetime,
    now: datetime,
    retention: HistoryRetention,
    tick: timedelta,
    most: int,
) -> BackfillSlice | None:
    """The slice of at most `most` moments that ends at `end`; None if all is counted back to `oldest`.

    What history keeps by the hour is counted by the minute, in whole hours, so that lowest and highest are known.
    `tick` is the sample interval.
    """
    for source, step, whole, since in _resolutions(now, retention, tick):
        last, first = _ceiling(end, whole), _ceiling(max(since, oldest), whole)
        if end > first:
            return BackfillSlice(
                max(first, last - max(whole, most // (whole // step) * whole)), last, step, source
            )
    return None


def oldest_moment(definition: MetricDefinition, zone: str, first_received: datetime) -> datetime:
    """The earliest moment at which all events of the metric's window are kept.

    `first_received` is when the first event that is kept was received; earlier ones are gone.
    """
    known_from = first_received + MAX_AHEAD + CLOCK_SLACK
    if definition.window.length is not None:
        return _ceiling(known_from + definition.window.length, HOUR)
    midnight = local_midnight(known_from, zone)
    return midnight if midnight == known_from else local_midnight(midnight + MORE_THAN_A_DAY, zone)


def progress(newest: datetime, oldest: datetime, counted_to: datetime) -> float:
    """How much of oldest … newest is counted, from 0 to 1, in hundredths."""
    if newest <= oldest:
        return 1.0
    share = (newest - max(counted_to, oldest)) / (newest - oldest)
    return min(1.0, max(0.0, int(share * 100) / 100))


def _resolutions(
    now: datetime, retention: HistoryRetention, tick: timedelta
) -> Iterator[tuple[timedelta | None, timedelta, timedelta, datetime]]:
    """Finest first: the source, the step of the moments, the unit that is stored as a whole, and since when."""
    yield None, tick, tick, floor(now - retention.ticks, MINUTE) + MINUTE
    yield MINUTE, MINUTE, MINUTE, floor(now - retention.minutes, HOUR) + HOUR
    yield HOUR, MINUTE, HOUR, floor(now - retention.hours, HOUR) + HOUR


def _ceiling(moment: datetime, step: timedelta) -> datetime:
    down = floor(moment, step)
    return down if down == moment else down + step
