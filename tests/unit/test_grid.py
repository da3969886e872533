"""The grid of a chart: the finest step that is kept and fits, at most 1,500 points, days as long as they are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.grid import AUTO, MAX_POINTS, STEPS, TooManyPoints, make_grid
from app.domain.resolution import HOUR, MINUTE, HistoryRetention

NOW = datetime(2026, 3, 31, 12, 34, 56, tzinfo=UTC)
KEPT = HistoryRetention(timedelta(hours=1), timedelta(hours=48), timedelta(days=400))
TICK = timedelta(seconds=5)


def drawn(step: str, length: timedelta, *, ago: timedelta = timedelta(0), zone: str = "UTC"):
    until = NOW - ago
    return make_grid(step, until - length, until, NOW, zone, KEPT, TICK)


@pytest.mark.parametrize(
    ("length", "step", "source"),
    [
        (timedelta(minutes=10), "5s", None),
        (timedelta(hours=1), "5s", None),
        (timedelta(hours=2), "1m", MINUTE),
        (timedelta(hours=24), "1m", MINUTE),
        (timedelta(hours=48), "5m", MINUTE),
        (timedelta(days=4), "1h", HOUR),
        (timedelta(days=31), "1h", HOUR),
        (timedelta(days=90), "1d", HOUR),
        (timedelta(days=400), "1d", HOUR),
    ],
)
def test_auto_is_finest_retained_step(length, step, source):
    found = drawn(AUTO, length)
    assert (found.name, found.source) == (step, source)


def test_auto_depends_on_age():
    assert drawn(AUTO, timedelta(minutes=10), ago=timedelta(hours=5)).name == "1m"
    assert drawn(AUTO, timedelta(minutes=10), ago=timedelta(days=5)).name == "1h"


def test_steps_cover_both_ends():
    found = drawn("5m", timedelta(minutes=12))
    assert [edge.strftime("%H:%M") for edge in found.edges] == ["12:20", "12:25", "12:30", "12:35"]


def test_days_begin_at_local_midnight():
    found = drawn("1d", timedelta(days=3), zone="Europe/Berlin")  # its clocks changed on the 29th
    assert [edge.strftime("%dT%H") for edge in found.edges] == ["27T23", "28T23", "29T22", "30T22", "31T22"]


def test_too_many_points_are_refused():
    with pytest.raises(TooManyPoints) as refusal:
        drawn("5s", timedelta(hours=24))
    assert str(refusal.value) == (
        "In steps of 5s that makes more than 1500 points: "
        "ask for a shorter stretch of time or a longer step (1m, 5m, 1h, 1d)."
    )
    with pytest.raises(TooManyPoints, match=r"ask for a shorter stretch of time\."):
        drawn(AUTO, timedelta(days=3000))


def test_finest_step_is_the_tick():
    found = make_grid("5s", NOW - MINUTE, NOW, NOW, "UTC", KEPT, timedelta(seconds=10))
    assert (found.name, found.edges[1] - found.edges[0]) == ("10s", timedelta(seconds=10))


@given(
    st.sampled_from([AUTO, *STEPS]),
    st.integers(1, 1_400 * 86_400),
    st.integers(0, 500 * 86_400),
    st.sampled_from(["UTC", "America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati"]),
)
def test_steps_cover_range_and_are_bounded(step, length, ago, zone):
    span, until = timedelta(seconds=length), NOW - timedelta(seconds=ago)
    try:
        found = drawn(step, span, ago=timedelta(seconds=ago), zone=zone)
    except TooManyPoints:
        assert step in STEPS[:-1]
        return
    assert 1 <= len(found.starts) <= MAX_POINTS
    assert found.edges[0] <= until - span < found.edges[1]
    assert found.edges[-2] < until <= found.edges[-1]
    assert list(found.edges) == sorted(set(found.edges))
