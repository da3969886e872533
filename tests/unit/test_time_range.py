"""A stretch of time cut at the minutes, and the hours on a zone's clocks."""

from datetime import UTC, datetime

import pytest

from app.domain.ranking import rank
from app.domain.time_range import TimeRange, local_hour


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2025-12-06T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "whole", "edges"),
    [
        ("12:00:00", "12:05:00", ("12:00", "12:05"), []),
        ("12:00:30", "12:05:00", ("12:01", "12:05"), [("12:00:30", "12:01:00")]),
        ("12:00:00", "12:05:30", ("12:00", "12:05"), [("12:05:00", "12:05:30")]),
        (
            "12:00:30",
            "12:05:30",
            ("12:01", "12:05"),
            [("12:00:30", "12:01:00"), ("12:05:00", "12:05:30")],
        ),
        ("12:00:10", "12:00:50", None, [("12:00:10", "12:00:50")]),
        ("12:00:00", "12:00:50", ("12:00", "12:00"), [("12:00:00", "12:00:50")]),
        (
            "12:00:50",
            "12:01:10",
            ("12:01", "12:01"),
            [("12:00:50", "12:01:00"), ("12:01:00", "12:01:10")],
        ),
    ],
)
def test_whole_minutes_and_edges_make_the_stretch(since, until, whole, edges):
    stretch = TimeRange(at(since), at(until))
    assert list(stretch.edges()) == [(at(start), at(end)) for start, end in edges]
    if whole:
        assert (stretch.first_minute, stretch.last_minute) == (at(whole[0]), at(whole[1]))
    else:
        assert stretch.last_minute < stretch.first_minute


def test_without_an_end_there_is_one_edge():
    stretch = TimeRange(at("12:00:30"), None)
    assert stretch.last_minute is None
    assert list(stretch.edges()) == [(at("12:00:30"), at("12:01:00"))]


@pytest.mark.parametrize(
    ("moment", "zone", "hour"),
    [
        ("2025-10-26T00:30", "Europe/Berlin", "2025-10-26T02:00:00+02:00"),
        ("2025-10-26T01:30", "Europe/Berlin", "2025-10-26T02:00:00+01:00"),
        ("2025-03-30T01:00", "Europe/Berlin", "2025-03-30T03:00:00+02:00"),
        ("2025-12-06T00:10", "Asia/Kathmandu", "2025-12-06T05:00:00+05:45"),
        ("2026-04-04T14:45", "Australia/Lord_Howe", "2026-04-05T01:00:00+11:00"),
        ("2026-04-04T15:15", "Australia/Lord_Howe", "2026-04-05T01:00:00+10:30"),
    ],
)
def test_an_hour_that_is_repeated_is_two(moment, zone, hour):
    assert local_hour(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone) == hour


def test_the_largest_first_of_equal_ones_by_name_and_nothing_for_nothing():
    ranking = rank({"b": 2, "a": 2, "c": 5, "d": 1, "e": 0}, 2)
    assert ranking.top == [("c", 5), ("a", 2)]
    assert (ranking.other_keys, ranking.other, ranking.total) == (2, 3, 10)
