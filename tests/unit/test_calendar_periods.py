"""The same time on another day, and whole days, weeks and months, on every kind of day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar_periods import periods, same_point, same_time

BERLIN, HAVANA = "Europe/Berlin", "America/Havana"
ZONES = ["UTC", BERLIN, HAVANA, "Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Kathmandu"]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def local(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "days", "then"),
    [
        ("2026-03-30T12:00", 1, "2026-03-29T12:00"),  # 24 hours before
        ("2026-03-29T12:00", 1, "2026-03-28T12:00"),  # 23 hours before: clocks changed in between
        ("2026-03-30T02:30", 1, "2026-03-29T03:00"),  # skipped: they went on at 3:00
        ("2026-10-26T02:30", 1, "2026-10-25T02:30"),  # twice: the first
        ("2026-04-01T12:00", 7, "2026-03-25T12:00"),
    ],
)
def test_same_local_time_days_before(now, days, then):
    assert same_time(local(now), BERLIN, days) == local(then)


def edges(kind: str, now: str, count: int = 2, zone: str = BERLIN) -> list[str]:
    found = periods(kind, local(now, zone), zone, count)
    assert [a.end for a in found[:-1]] == [b.start for b in found[1:]]
    clocks = [*(period.start for period in found), found[-1].end]
    return [clock.astimezone(ZoneInfo(zone)).isoformat()[:16] for clock in clocks]


def test_periods_begin_at_local_midnight():
    assert edges("day", "2026-03-30T12:00") == [f"2026-03-{day}T00:00" for day in (28, 29, 30, 31)]
    assert edges("week", "2026-03-29T12:00") == [f"2026-03-{day:02}T00:00" for day in (9, 16, 23, 30)]
    assert edges("month", "2026-03-31T23:59") == [f"2026-0{month}-01T00:00" for month in (1, 2, 3, 4)]


def test_day_length_follows_the_clocks():
    *_, short, _ = periods("day", local("2026-03-30T12:00"), BERLIN, 1)
    *_, long, _ = periods("day", local("2026-10-26T12:00"), BERLIN, 1)
    assert (short.end - short.start, long.end - long.start) == (timedelta(hours=23), timedelta(hours=25))


def test_day_without_midnight():
    assert edges("day", "2026-03-08T12:00", 1, HAVANA)[1] == "2026-03-08T01:00"


@pytest.mark.parametrize(
    ("kind", "now", "then"),
    [
        ("day", "2026-03-29T12:00", "2026-03-28T12:00"),
        ("day", "2026-03-30T02:30", "2026-03-29T03:00"),
        ("week", "2026-04-01T12:00", "2026-03-25T12:00"),
        ("month", "2026-03-15T12:00", "2026-02-15T12:00"),
        ("month", "2026-03-31T12:00", "2026-03-01T00:00"),  # February had ended by then
        ("month", "2026-01-01T00:00", "2025-12-01T00:00"),
    ],
)
def test_same_point_of_previous_period(kind, now, then):
    assert same_point(kind, local(now), BERLIN) == local(then)


@given(st.sampled_from(["day", "week", "month"]), MOMENTS, st.sampled_from(ZONES), st.integers(1, 5))
def test_current_period_contains_the_moment(kind, moment, zone, count):
    found = periods(kind, moment, zone, count)
    assert len(found) == count + 1
    assert found[-1].start <= moment < found[-1].end
    assert found[-2].start <= same_point(kind, moment, zone) <= found[-2].end
