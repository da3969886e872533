"""The stretch of time that `compare` names: the one just before, or the same local times days earlier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.comparison import COMPARISONS, compared_edges, compared_range

BERLIN = "Europe/Berlin"
ZONES = ("UTC", BERLIN, "America/Santiago", "Asia/Kathmandu", "Australia/Lord_Howe")
MINUTE = timedelta(minutes=1)


def local(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


# Compare, since, until, and both of the compared stretch, by the clocks of Berlin.
RANGES = [
    ("previous", "2025-12-06T09:20", "2025-12-06T10:05", "2025-12-06T08:35", "2025-12-06T09:20"),
    (
        "previous",
        "2025-12-06T09:20:10.500",
        "2025-12-06T09:21",
        "2025-12-06T09:19:21",
        "2025-12-06T09:20:10.500",
    ),
    ("yesterday", "2025-12-06T09:20", "2025-12-06T10:05", "2025-12-05T09:20", "2025-12-05T10:05"),
    ("lastWeek", "2025-12-06T09:20", "2025-12-06T10:05", "2025-11-29T09:20", "2025-11-29T10:05"),
    # Clocks went forward on 30 March, and back on 26 October: the same local times all the same.
    ("yesterday", "2025-03-31T00:00", "2025-03-31T12:00", "2025-03-30T00:00", "2025-03-30T12:00"),
    ("lastWeek", "2025-10-27T09:00", "2025-10-27T10:00", "2025-10-20T09:00", "2025-10-20T10:00"),
    # A day of 25 hours is compared with the whole day before it, of 24; a week of 167 hours with seven days.
    ("previous", "2025-10-26T00:00", "2025-10-27T00:00", "2025-10-25T00:00", "2025-10-26T00:00"),
    ("previous", "2025-03-24T00:00", "2025-03-31T00:00", "2025-03-17T00:00", "2025-03-24T00:00"),
    # Not of whole days: equally long.
    ("previous", "2025-10-26T00:00", "2025-10-26T12:00", "2025-10-25T11:00", "2025-10-26T00:00"),
    # Clocks skipped this local time the day before.
    ("yesterday", "2025-03-31T02:10", "2025-03-31T02:50", "2025-03-30T03:00", "2025-03-30T03:00"),
]


@pytest.mark.parametrize(("compare", "since", "until", "start", "end"), RANGES)
def test_compared_range(compare, since, until, start, end):
    assert compared_range(compare, local(since), local(until), BERLIN) == (local(start), local(end))


def test_none_compares_with_nothing():
    assert compared_range("none", local("2025-12-06"), local("2025-12-07"), BERLIN) is None


@given(
    st.sampled_from(COMPARISONS[1:]),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
    st.lists(st.timedeltas(timedelta(milliseconds=1), timedelta(days=2)), min_size=1, max_size=5),
)
@example("yesterday", BERLIN, local("2025-10-26T02:30"), [MINUTE, 30 * MINUTE, 30 * MINUTE])
@example("yesterday", "America/Havana", datetime(2025, 11, 2, 4, 30, tzinfo=UTC), [29 * MINUTE, 31 * MINUTE])
def test_edges_ascend_from_end_to_end(compare, zone, since, steps):
    edges = [since]
    for step in steps:
        edges.append(edges[-1] + step)
    edges = [edges[0], *(edge.replace(second=0, microsecond=0) for edge in edges[1:-1]), edges[-1]]
    edges = [edges[0], *(edge for edge in edges[1:-1] if edge > since), edges[-1]]
    found = compared_edges(compare, edges, zone)
    assert len(found) == len(edges)
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert (found[0], found[-1]) == compared_range(compare, edges[0], edges[-1], zone)
    if compare == "previous":
        assert found[-1] == since
    inner = [edge for edge in found if found[0] < edge < found[-1]]
    assert all(edge.replace(second=0, microsecond=0) == edge for edge in inner)
