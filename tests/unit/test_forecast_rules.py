"""A forecast is exact arithmetic on earlier days, and its band covers the share of days that it says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.forecast import DayCount, Forecast, additive, forecast, ratio

COUNTS = st.integers(0, 5000)
DAYS = st.lists(
    st.tuples(COUNTS, COUNTS).map(lambda parts: DayCount(parts[0], sum(parts))), min_size=3, max_size=8
)
SHAPE = [1] * 6 + [8, 20, 40, 60, 60, 50, 30, 50, 60, 60, 50, 30, 20, 10, 10, 5, 3, 2]  # of a day, by hour
HOURS = (6, 9, 12, 15, 18)


@pytest.mark.parametrize(
    ("so_far", "days", "expected"),
    [
        # Still came 100, 100, 110; errors -5, -5, 10, less than those of the ratio.
        (110, [(100, 200), (120, 220), (80, 190)], Forecast(210, 205, 220, "additive", 2, 4)),
        # Half of each day had come by now: the ratio is exact, whatever the day's factor.
        (90, [(100, 200), (50, 100), (20, 40), (70, 140)], Forecast(180, 180, 180, "ratio", 3, 5)),
        # The same still came each day: the additive rule is exact. Both are where days are alike.
        (7, [(10, 40), (50, 80), (0, 30)], Forecast(37, 37, 37, "additive", 2, 4)),
        (12, 8 * [(10, 15)], Forecast(17, 17, 17, "additive", 7, 9)),
        # At midnight nothing has a share of its day yet.
        (0, [(0, 10), (0, 20), (0, 30), (0, 50)], Forecast(25, 5, 55, "additive", 3, 5)),
        # A day without anything has no share; so far is the least that it can become.
        (4, [(0, 0), (0, 0), (8, 8)], Forecast(4, 4, 4, "additive", 2, 4)),
        (3, [(1, 1), (1, 1), (1, 2)], Forecast(3, 3, 4, "ratio", 2, 4)),
    ],
)
def test_forecast_of_a_fixture(so_far, days, expected):
    assert forecast(so_far, [DayCount(*day) for day in days]) == expected


def test_fewer_than_three_days_are_no_basis():
    assert forecast(5, []) is forecast(5, 2 * [DayCount(5, 9)]) is None


@given(so_far=COUNTS, days=DAYS)
def test_closer_rule_is_used(so_far, days):
    """Recounted with floats: each day predicted from the others, by both rules."""

    def middle(values):
        values = sorted(values)
        return (values[len(values) // 2] + values[(len(values) - 1) // 2]) / 2

    def predictions(now, others):
        share = middle([day.so_far / day.total for day in others if day.total] or [0])
        return now + middle([day.total - day.so_far for day in others]), now / share if share else None

    misses = [
        [made is not None and day.total - made for made in predictions(day.so_far, days[:i] + days[i + 1 :])]
        for i, day in enumerate(days)
    ]
    found = forecast(so_far, days)
    by_rule = dict(
        zip(
            ("additive", "ratio"),
            zip(predictions(so_far, days), zip(*misses, strict=True), strict=True),
            strict=True,
        )
    )
    expected, errors = by_rule[found.rule]
    assert found.expected == pytest.approx(expected, abs=0.5001)
    assert found.low == pytest.approx(max(so_far, expected + min(errors)), abs=1.0001)
    assert found.high == pytest.approx(expected + max(errors), abs=1.0001)
    assert so_far <= found.low <= found.expected <= found.high
    for made, others in by_rule.values():
        if made is not None and False not in [miss is not False for miss in others]:
            assert sum(map(abs, errors)) <= sum(map(abs, others)) + 1e-6


def weeks(rng: Random, *, bursts: bool) -> list[list[int]]:
    """Nine same weekdays by hour; they differ by a factor, or by bursts of a day."""
    days = []
    for _ in range(9):
        factor = 1 if bursts else rng.lognormvariate(0, 0.25)
        day = [max(0, round(rng.gauss(mean := factor * one, mean**0.5))) for one in SHAPE]
        for _ in range(rng.randrange(4) if bursts else 0):
            day[rng.randrange(8, 20)] += rng.randrange(20, 120)
        days.append(day)
    return days


@pytest.mark.parametrize("bursts", [False, True])
def test_band_covers_seven_days_of_nine(bursts):
    rng, hits, misses = Random(19), 0, {"used": 0.0, "additive": 0.0, "ratio": 0.0}
    rounds = 400
    for number in range(rounds):
        hour = HOURS[number % len(HOURS)]
        today, *days = [DayCount(sum(day[:hour]), sum(day)) for day in weeks(rng, bursts=bursts)]
        found = forecast(today.so_far, days)
        assert (found.covered, found.of) == (7, 9)
        hits += found.low <= today.total <= found.high
        for name, made in (
            ("used", found.expected),
            ("additive", additive(today.so_far, days)),
            ("ratio", ratio(today.so_far, days)),
        ):
            misses[name] += abs(float(made) - today.total)
    assert 0.70 <= hits / rounds <= 0.86
    assert misses["used"] <= 1.1 * min(misses["additive"], misses["ratio"])
