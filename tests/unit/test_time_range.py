"""A time range split into whole minutes and partial ones, and local hours with their offset."""

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
def test_minutes_and_edges_cover_the_range(since, until, whole, edges):
    time_range = TimeRange(at(since), at(until))
    assert list(time_range.edges()) == [(at(start), at(end)) for start, end in edges]
    if whole:
        assert (time_range.first_minute, time_range.last_minute) == (at(whole[0]), at(whole[1]))
    else:
        assert time_range.last_minute < time_range.first_minute


def test_open_range_has_one_edge():
    time_range = TimeRange(at("12:00:30"), None)
    assert time_range.last_minute is None
    assert list(time_range.edges()) == [(at("12:00:30"), at("12:01:00"))]


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
def test_repeated_hour_is_two_hours(moment, zone, hour):
    assert local_hour(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone) == hour


def test_rank_is_by_count_then_name():
    ranking = rank({"b": 2, "a": 2, "c": 5, "d": 1, "e": 0}, 2)
    assert ranking.top == [("c", 5), ("a", 2)]
    assert (ranking.other_keys, ranking.other, ranking.total) == (2, 3, 10)
