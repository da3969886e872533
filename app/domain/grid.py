"""The time grid of a chart: a time range in steps, with a bounded number of points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.instants import local_midnight
from app.domain.resolution import HOUR, MINUTE, HistoryRetention, floor

MAX_POINTS = 1_500
AUTO = "auto"
TICKS, DAYS = "5s", "1d"
LENGTHS = {"1m": MINUTE, "5m": 5 * MINUTE, "1h": HOUR, DAYS: timedelta(days=1)}
STEPS = (TICKS, *LENGTHS)  # finest first
MORE_THAN_A_DAY = timedelta(hours=36)


class TooManyPoints(ValueError):
    """The message advises what to change."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps, each from one of `edges` to the next; all have the length called `name`, except days.

    `source` is the resolution that it is read from: a minute, an hour, or None for samples.
    """

    name: str
    source: timedelta | None
    edges: Sequence[datetime]

    @property
    def starts(self) -> Sequence[datetime]:
        """Where each step begins."""
        return self.edges[:-1]

    def has_days_of(self, zone: str) -> bool:
        """Whether each step begins at midnight in this timezone."""
        return all(local_midnight(edge, zone) == edge for edge in self.edges)


def make_grid(
    step: str,
    since: datetime,
    until: datetime,
    now: datetime,
    zone: str,
    retention: HistoryRetention,
    tick: timedelta,
) -> Grid:
    """The grid that covers since … until, in this step or, for `auto`, the finest that is stored and fits.

    `tick` is the sample interval. Raises TooManyPoints.
    """
    lengths = {TICKS: tick} | {name: length for name, length in LENGTHS.items() if length > tick}
    fitting = [name for name, length in lengths.items() if (until - since) / length <= MAX_POINTS - 1]
    if step == AUTO:
        covering = [name for name in fitting if since >= now - _retained(name, retention)]
        step = next(iter(covering), fitting[-1] if fitting else DAYS)
    if step not in fitting:
        raise TooManyPoints(_advice(step, fitting))
    edges = list(_days(since, until, zone) if step == DAYS else _even(since, until, lengths[step]))
    name = f"{tick.total_seconds():.0f}s" if step == TICKS else step
    return Grid(name, _source(step), edges)


def _retained(step: str, retention: HistoryRetention) -> timedelta:
    return {None: retention.ticks, MINUTE: retention.minutes, HOUR: retention.hours}[_source(step)]


def _source(step: str) -> timedelta | None:
    return None if step == TICKS else MINUTE if LENGTHS[step] < HOUR else HOUR


def _advice(step: str, fitting: Sequence[str]) -> str:
    longer = f"a longer step ({', '.join(fitting)})" if fitting else ""
    either = f"a shorter stretch of time or {longer}" if longer else "a shorter stretch of time"
    return f"In steps of {step} that makes more than {MAX_POINTS} points: ask for {either}."


def _even(since: datetime, until: datetime, length: timedelta) -> Iterator[datetime]:
    edge = floor(since, length)
    yield edge
    while edge < until:
        edge += length
        yield edge


def _days(since: datetime, until: datetime, zone: str) -> Iterator[datetime]:
    edge = local_midnight(since, zone)
    yield edge
    while edge < until:
        edge = local_midnight(edge + MORE_THAN_A_DAY, zone)
        yield edge
