"""Comparison of figures with earlier ones, and of a stretch of time with an earlier one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.calendar_periods import Period, same_time
from app.domain.instants import local_midnight
from app.domain.resolution import MINUTE

# Days back, by the name in the API.
DAYS_BACK = {"yesterday": 1, "lastWeek": 7}
NONE, PREVIOUS = "none", "previous"
COMPARISONS = (NONE, PREVIOUS, *DAYS_BACK)  # the values of `compare`

# Earlier values by metric and name in DAYS_BACK; None if unknown, as opposed to 0.
Baseline = Mapping[str, Mapping[str, float | None]]


def difference(value: float | None, before: float | None) -> dict[str, float | None]:
    """`change` and `percent` of the earlier value; None where undefined."""
    if value is None or before is None:
        return {"change": None, "percent": None}
    return {
        "change": to_thousandths(value - before),
        "percent": to_thousandths(100 * (value - before) / before) if before else None,
    }


def compare_figures(figures: Mapping[str, float], baseline: Baseline) -> dict[str, Any]:
    """Each figure's earlier values, and its change since."""
    return {
        name: {
            back: {"value": before} | difference(figures.get(name), before)
            for back, before in baseline.get(name, dict.fromkeys(DAYS_BACK)).items()
        }
        for name in figures
    }


def compared_range(compare: str, since: datetime, until: datetime, zone: str) -> Period | None:
    """The stretch that since … until is compared with, in an IANA timezone; None for `none`.

    `previous` ends at `since` and is equally long: as many days, if both ends are local midnights, else to the
    microsecond. `yesterday` and `lastWeek` are the same local times, 1 and 7 days earlier, as in `same_time`.
    """
    edges = compared_edges(compare, (since, until), zone)
    return Period(edges[0], edges[-1]) if edges else None


def compared_edges(compare: str, edges: Sequence[datetime], zone: str) -> list[datetime] | None:
    """The edges in the compared stretch that correspond to these of a stretch's steps, in ascending order.

    Inner edges that lie on whole minutes stay there, for sums are kept by the minute. Where clocks skipped or
    repeated a local time, steps may be empty or longer, but nothing is missing or twice.
    """
    if compare == NONE:
        return None
    since, until = edges[0], edges[-1]
    if days := DAYS_BACK.get(compare) or _whole_days(since, until, zone):
        end = max(same_time(edge, zone, days) for edge in (since, until))  # in whatever steps one looks
        return [min(edge, end) for edge in accumulate((same_time(edge, zone, days) for edge in edges), max)]
    length = until - since
    inner = (edge - length // MINUTE * MINUTE for edge in edges[1:-1])
    return [since - length, *(min(max(edge, since - length), since) for edge in inner), since]


def _whole_days(since: datetime, until: datetime, zone: str) -> int:
    """The number of local days from one midnight to another; 0 if it is not one."""
    if any(local_midnight(edge, zone) != edge for edge in (since, until)):
        return 0
    first, last = (edge.astimezone(ZoneInfo(zone)).date() for edge in (since, until))
    return (last - first).days


def to_thousandths(value: float) -> float:
    """A number for JSON: rounded, and an int if it is whole."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded
