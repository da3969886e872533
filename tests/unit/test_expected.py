"""The baseline is a median with four spreads around it, of the same local time in the weeks before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.expected import Expected, HourFigures, expected_at, expected_of, hours_of, running_total

HOUR = timedelta(hours=1)
BERLIN, KOLKATA = "Europe/Berlin", "Asia/Kolkata"
ZONES = ["UTC", BERLIN, KOLKATA, "America/Havana", "Australia/Lord_Howe"]


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("weeks", "is_count", "expected", "spread"),
    [
        # The deviations from 100 are 0, 10, 10, 20, 60: a day of 160 does not widen the band.
        ([[100], [110], [90], [120], [160 - 120]], False, 100, 14.826),
        ([[100], [100], [100]], False, 100, 10),  # never varied: a tenth of the median
        ([[100], [100], [100]], True, 100, 10),
        ([[50], [50], [50]], True, 50, sqrt(50)),  # what chance alone does to a count
        ([[0], [0], [0, 0]], True, 0, 1),
        ([[-8], [-8], [-8]], False, -8, 0.8),
        ([[1, 2, 3], [2, 3, 4], [], [3, 4, 5]], False, 3, 1.4826),
    ],
)
def test_band_is_four_spreads_around_the_median(weeks, is_count, expected, spread):
    found = expected_of(weeks, is_count=is_count)
    assert found.weeks == len([week for week in weeks if week])
    assert (found.low, found.expected, found.high) == pytest.approx(
        (expected - 4 * spread, expected, expected + 4 * spread)
    )


def test_fewer_than_three_weeks_are_learning():
    assert expected_of([[5], [], [7, 8]], is_count=True) == Expected(None, None, None, 2)


@given(
    zone=st.sampled_from(ZONES),
    # Weeks around all changes of clocks.
    minutes=st.integers(0, 366 * 1440),
    known=st.dictionaries(
        st.tuples(st.integers(1, 7), st.integers(-3, 3)), st.integers(0, 500), min_size=3, max_size=30
    ),
)
def test_hours_beside_same_local_time(zone, minutes, known):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    clock = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    thens = [(clock - timedelta(weeks=week)).replace(tzinfo=ZoneInfo(zone)) for week in range(1, 7)]
    for then in thens:  # unless clocks skipped it: when that is, is tested with the calendar
        assume(
            then.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == then.replace(tzinfo=None)
        )
    full = moment.replace(minute=0)
    hours = {
        full - timedelta(weeks=week) + beside * HOUR: HourFigures(value, 0, 0)
        for (week, beside), value in known.items()
    }
    weeks = [
        [figures.value for at, figures in hours.items() if at - HOUR < then.astimezone(UTC) <= at + 2 * HOUR]
        for then in thens
    ]
    found = expected_at(moment, zone, hours, is_running_total=False, is_count=True)
    assert found == expected_of(weeks, is_count=True)
    needed = hours_of([moment], zone)
    assert len(needed) == 18
    only = {at: figures for at, figures in hours.items() if at in needed}
    assert expected_at(moment, zone, only, is_running_total=False, is_count=True) == found


def test_change_of_clocks_moves_nothing():
    """Nine o'clock in Berlin, on the Mondays before and after the clocks changed."""
    mondays = [local(f"2026-{day}T09:00") for day in ("03-16", "03-23", "03-30", "04-06")]
    assert mondays[2] - mondays[1] == timedelta(days=7, hours=-1)
    hours = {monday - HOUR: HourFigures(70, 0, 0) for monday in mondays}
    found = expected_at(local("2026-04-13T09:00"), BERLIN, hours, is_running_total=False, is_count=True)
    assert (found.expected, found.weeks) == (70, 4)


@pytest.mark.parametrize(
    ("at", "zone", "total"),
    [
        ("2026-03-30T09:00", BERLIN, 40),
        ("2026-03-30T09:15", BERLIN, 45),  # a quarter of what the hour added
        ("2026-03-30T10:00", BERLIN, 60),
        ("2026-03-30T00:30", BERLIN, 5),  # from nothing at midnight
        ("2026-03-31T00:00", BERLIN, 90),  # the end of the day, not the next one
        ("2026-03-30T11:30", BERLIN, None),  # the hour is not known
        ("2026-03-30T14:30", BERLIN, None),  # nor what it began with
        # Midnight at 18:30 UTC, within an hour: 3 by its end, and the day before had come to 80.
        ("2026-03-30T00:00", KOLKATA, 80),
        ("2026-03-29T23:45", KOLKATA, 75),
        ("2026-03-30T00:15", KOLKATA, 1.5),
    ],
)
def test_running_total_at_a_minute(at, zone, total):
    hours = {
        local("2026-03-30T00:00"): HourFigures(10, 10, 10),
        local("2026-03-30T08:00"): HourFigures(40, 40, 40),
        local("2026-03-30T09:00"): HourFigures(60, 60, 60),
        local("2026-03-30T14:00"): HourFigures(80, 80, 80),
        local("2026-03-30T22:00"): HourFigures(80, 80, 80),
        local("2026-03-30T23:00"): HourFigures(90, 90, 90),
        datetime(2026, 3, 29, 17, tzinfo=UTC): HourFigures(70, 70, 70),
        datetime(2026, 3, 29, 18, tzinfo=UTC): HourFigures(3, 80, 3),
    }
    assert running_total(local(at, zone), zone, hours) == total


def test_running_total_takes_the_very_minute():
    """Its neighbours in time are lower and higher because it grows, which is no spread."""
    mondays = [local(f"2026-03-{day:02}T09:00") for day in (2, 9, 16)]
    hours = {
        monday + beside * HOUR: HourFigures(value, value, value)
        for monday in mondays
        for beside, value in ((-1, 100), (0, 200), (1, 300))
    }
    found = expected_at(local("2026-03-23T09:30"), BERLIN, hours, is_running_total=True, is_count=False)
    assert found == Expected(150, 90, 210, 3)
