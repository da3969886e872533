"""A time range split into whole minutes and partial ones, and local hours with their offset."""

from datetime import UTC, datetime

import pytest

from app.domain.ranking import Tally, by_change, rank
from app.domain.time_range import TimeRange, hour_edges, local_hour


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


@pytest.mark.parametrize(
    ("since", "zone", "hours"),
    [
        # Clocks went back at 01:00 UTC; in Lord Howe by half an hour, at 15:00 UTC.
        ("2025-10-26T00:20", "Europe/Berlin", ["01:00", "02:00", "02:10"]),
        ("2026-04-04T13:50", "Australia/Lord_Howe", ["14:00", "15:00", "15:30", "15:40"]),
        ("2025-12-06T12:00", "Asia/Kathmandu", ["12:15", "13:15", "13:50"]),
        ("2025-12-06T12:00", "UTC", ["12:00"]),
    ],
)
def test_edges_of_local_hours(since, zone, hours):
    begin = datetime.fromisoformat(since).replace(tzinfo=UTC)
    edges = [begin.replace(hour=int(clock[:2]), minute=int(clock[3:])) for clock in hours]
    assert hour_edges(begin, edges[-1], zone) == [begin, *edges]


def test_rank_is_by_count_then_name():
    ranking = rank({key: Tally(count) for key, count in {"b": 2, "a": 2, "c": 5, "d": 1, "e": 0}.items()}, 2)
    assert [(part.key, part.tally.count) for part in ranking.top] == [("c", 5), ("a", 2)]
    assert (ranking.other_keys, ranking.other, ranking.total) == (2, Tally(3), Tally(10))


def test_rank_by_change_in_either_direction():
    tallies = {"grew": Tally(9, 5), "gone": Tally(0, 6), "new": Tally(1, 0), "still": Tally(50, 50)}
    ranking = rank(tallies, 2, by_change)
    assert [part.key for part in ranking.top] == ["gone", "grew"]
    assert (ranking.other_keys, ranking.other.change, ranking.total.change) == (2, 1, -1)
