"""Forecast of today's total from the last same weekdays, without a model: two rules, and the errors they made.

A linear pace ("half the day is over, so twice as much") is off by a factor in the morning. Both rules know
how such a day usually goes on: the additive one fits days on which bursts come on top, the ratio fits days
that differ by a factor. The one used is that which would have been closer at this minute of those days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from statistics import mean, median
from typing import Literal, NamedTuple, Protocol

DAYS = 8  # same weekdays that a forecast is based on, at most
MIN_DAYS = 3
HALF = Fraction(1, 2)

RuleName = Literal["additive", "ratio"]


class DayCount(NamedTuple):
    """What was counted of a whole day: up to the same local time as now, and until its end."""

    so_far: int
    total: int


class Forecast(NamedTuple):
    """The expected total of a day, in the metric's unit.

    `low` and `high` lie as far from it as the lowest and the highest error that the rule made on the basis of the
    forecast. If days are exchangeable, the total of one more lies between them in `covered` of `of` cases.
    """

    expected: int
    low: int
    high: int
    rule: RuleName
    covered: int
    of: int


class Rule(Protocol):
    """The total that so much by now leads to, going by other days; None if these do not tell."""

    def __call__(self, so_far: int, days: Sequence[DayCount]) -> Fraction | None: ...


def forecast(so_far: int, days: Sequence[DayCount]) -> Forecast | None:
    """The forecast for a day with `so_far` by now, from earlier days; None for fewer than MIN_DAYS."""
    if len(days) < MIN_DAYS:
        return None
    expected, name, errors = min(
        (
            (predicted, name, errors)
            for name, rule in RULES.items()
            if (predicted := rule(so_far, days)) is not None and (errors := _errors(rule, days))
        ),
        key=lambda found: mean(map(abs, found[2])),
    )
    return Forecast(
        floor(expected + HALF),
        max(so_far, floor(expected + min(errors))),
        ceil(expected + max(errors)),
        name,
        len(days) - 1,
        len(days) + 1,
    )


def additive(so_far: int, days: Sequence[DayCount]) -> Fraction:
    """So far, and the median of what still came on the days."""
    return so_far + _median([Fraction(day.total - day.so_far) for day in days])


def ratio(so_far: int, days: Sequence[DayCount]) -> Fraction | None:
    """So far, divided by the median share of a day's total that was there by now."""
    shares = [Fraction(day.so_far, day.total) for day in days if day.total]
    usual = _median(shares) if shares else Fraction(0)
    return so_far / usual if usual else None


RULES: Mapping[RuleName, Rule] = {"additive": additive, "ratio": ratio}


def _errors(rule: Rule, days: Sequence[DayCount]) -> list[Fraction]:
    """The day's total less what the rule made of the other days, for each day; empty if it cannot tell of one.

    The day itself is left out: a rule that has seen the answer errs too little, and its band would be too narrow.
    """
    errors = []
    for number, day in enumerate(days):
        predicted = rule(day.so_far, [*days[:number], *days[number + 1 :]])
        if predicted is None:
            return []
        errors.append(day.total - predicted)
    return errors


def _median(values: Sequence[Fraction]) -> Fraction:
    return Fraction(median(values))
