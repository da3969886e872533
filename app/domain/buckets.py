"""The buckets of a bar chart: minutes, quarters, local hours or local days, cut off at the ends of the time range.

Unlike the steps of `grid`, hours begin at the full hour of the timezone, and no bucket reaches beyond the range,
so that the bars add up to its total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.domain.grid import AUTO, DAYS, MAX_POINTS, MORE_THAN_A_DAY, TooManyPoints
from app.domain.instants import local_midnight
from app.domain.resolution import HOUR, MINUTE, floor

QUARTER = timedelta(minutes=15)  # in every timezone, hours begin and clocks change at a quarter
LENGTHS = {"1m": MINUTE, "5m": 5 * MINUTE, "15m": QUARTER, "1h": HOUR, DAYS: timedelta(days=1)}
MAX_AUTO_POINTS = 400  # more bars than that cannot be told apart


@dataclass(frozen=True, slots=True)
class Buckets:
    """Buckets of the length called `step`, each from one of `edges` to the next; the ends may be cut off."""

    step: str
    edges: Sequence[datetime]
    first_is_cut: bool
    last_is_cut: bool

    @property
    def starts(self) -> Sequence[datetime]:
        """Where each bucket begins."""
        return self.edges[:-1]

    def partial(self, edges: Sequence[datetime], log_start: datetime | None, now: datetime) -> list[bool]:
        """Whether each bucket is cut off, or reaches back before the log's first event or into the future.

        `edges` are those of these buckets, or the corresponding ones of an earlier stretch.
        """
        found = [log_start is None or start < log_start or end > now for start, end in pairwise(edges)]
        found[0] |= self.first_is_cut
        found[-1] |= self.last_is_cut
        return found


def make_buckets(step: str, since: datetime, until: datetime, zone: str) -> Buckets:
    """The buckets of since … until in this step, or for `auto` in the finest that makes a readable chart.

    Raises TooManyPoints.
    """
    if step == AUTO:
        step = next((name for name in LENGTHS if _fits(name, since, until, MAX_AUTO_POINTS)), DAYS)
    edges = list(_edges(step, since, until, zone)) if _fits(step, since, until, MAX_POINTS + 1) else []
    if not 1 < len(edges) <= MAX_POINTS + 1:
        raise TooManyPoints(_advice(step, since, until))
    first_is_cut, last_is_cut = (not _is_edge(step, end, zone) for end in (since, until))
    return Buckets(step, edges, first_is_cut, last_is_cut)


def _fits(step: str, since: datetime, until: datetime, most: int) -> bool:
    """Whether this step makes about so many buckets; cut ends and changes of clocks make up to three more."""
    return (until - since) / LENGTHS[step] <= most


def _advice(step: str, since: datetime, until: datetime) -> str:
    fitting = [name for name in LENGTHS if _fits(name, since, until, MAX_POINTS - 3)]
    longer = f" or step={fitting[0]}" if fitting else ""
    many = f"In steps of {step} that makes more than {MAX_POINTS:,} points"
    return f"{many}: ask for a shorter stretch of time{longer}."


def _edges(step: str, since: datetime, until: datetime, zone: str) -> Iterator[datetime]:
    edge = since
    while edge < until:
        yield edge
        edge = NEXT_EDGE[step](edge, zone)
    yield until


def _is_edge(step: str, moment: datetime, zone: str) -> bool:
    return NEXT_EDGE[step](moment - timedelta(microseconds=1), zone) == moment


def _next_even(length: timedelta) -> Callable[[datetime, str], datetime]:
    return lambda moment, zone: floor(moment, length) + length


def _next_hour(moment: datetime, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    full = (
        moment + HOUR - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    )
    if full.astimezone(ZoneInfo(zone)).utcoffset() == local.utcoffset():
        return full
    # Clocks change meanwhile: by half an hour, perhaps.
    quarter = floor(moment, QUARTER) + QUARTER
    while _hour_of(quarter, zone) == _hour_of(moment, zone):
        quarter += QUARTER
    return quarter


def _hour_of(moment: datetime, zone: str) -> tuple[int, timedelta | None]:
    local = moment.astimezone(ZoneInfo(zone))
    return local.hour, local.utcoffset()


def _next_day(moment: datetime, zone: str) -> datetime:
    return local_midnight(local_midnight(moment, zone) + MORE_THAN_A_DAY, zone)


NEXT_EDGE: dict[str, Callable[[datetime, str], datetime]] = {
    name: _next_even(length) for name, length in LENGTHS.items()
} | {"1h": _next_hour, DAYS: _next_day}
