"""How often something may happen, and whether it may happen once more: a sliding window made of two counts.

The window that is under way counts whole, the one before by the part of it that still lies within the last
`seconds`. That is as even as a log of every moment, to within a few percent, and takes three numbers a key.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple


class Rate(NamedTuple):
    """At most `amount` in any `seconds`."""

    amount: int
    seconds: int

    def times(self, factor: int) -> Rate:
        """A rate that many times as high."""
        return Rate(self.amount * factor, self.seconds)

    def divided(self, divisor: int) -> Rate:
        """A rate that many times as low, which still lets one in."""
        return Rate(max(1, self.amount // divisor), self.seconds)


@dataclass(slots=True)
class RateWindow:
    """What is known of one key at one rate: `number` is how many windows have passed since 1970."""

    number: int
    before: int = 0  # in the window before
    elsewhere: int = 0  # in this one, counted by others
    here: int = 0  # in this one, counted by us
    reported: int = 0  # of ours, how many are known to the others

    def move(self, number: int) -> None:
        """Go on to the window that is under way now."""
        if number != self.number:
            self.before = self.elsewhere + self.here if number == self.number + 1 else 0
            self.number, self.elsewhere, self.here, self.reported = number, 0, 0, 0


def used(window: RateWindow, rate: Rate, now: float) -> float:
    """How much of the rate the last `seconds` have used."""
    passed = now / rate.seconds - window.number
    return window.before * max(0.0, 1 - passed) + window.elsewhere + window.here


def has_room(window: RateWindow, rate: Rate, now: float, amount: int = 1) -> bool:
    """Whether so many more are within the rate; more than it ever allows at once are let into an empty window."""
    most = rate.amount - min(amount, rate.amount)
    if not window.before:  # nearly always
        return window.here + window.elsewhere <= most
    return used(window, rate, now) <= most


def seconds_until_free(window: RateWindow, rate: Rate, now: float, amount: int = 1) -> int:
    """After how many whole seconds, at least one, there is room for `amount` if nothing happens meanwhile."""
    passed = now / rate.seconds - window.number
    current = window.elsewhere + window.here
    room = rate.amount - min(amount, rate.amount)
    if current <= room:  # what lies in the window before must fade
        wait = 1 - (room - current) / max(1, window.before) - passed
    else:  # this window must end, and then fade in its turn
        wait = 1 - passed + max(0.0, 1 - room / current)
    return max(1, math.ceil(wait * rate.seconds))
