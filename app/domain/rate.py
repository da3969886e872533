"""Rate limits by a sliding-window counter, which interpolates between two fixed windows.

The current window counts fully, the one before by the share of it that lies within the last `seconds`. This is
within a few percent of a sliding log, and needs three numbers a key.
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
        """A rate that many times as low, but at least 1."""
        return Rate(max(1, self.amount // divisor), self.seconds)


@dataclass(slots=True)
class RateWindow:
    """The counts of one key at one rate; `number` is the number of windows since 1970."""

    number: int
    before: int = 0  # in the window before
    elsewhere: int = 0  # in the current one, counted by other workers
    here: int = 0  # in the current one, counted by this worker
    reported: int = 0  # of ours, how many are known to the others

    def move(self, number: int) -> None:
        """Advance to the current window."""
        if number != self.number:
            self.before = self.elsewhere + self.here if number == self.number + 1 else 0
            self.number, self.elsewhere, self.here, self.reported = number, 0, 0, 0


def used(window: RateWindow, rate: Rate, now: float) -> float:
    """The amount used in the last `seconds`."""
    passed = now / rate.seconds - window.number
    return window.before * max(0.0, 1 - passed) + window.elsewhere + window.here


def has_room(window: RateWindow, rate: Rate, now: float, amount: int = 1) -> bool:
    """Whether `amount` more is within the rate; an amount above the whole rate is let into an empty window."""
    allowed = rate.amount - min(amount, rate.amount)
    if not window.before:  # nearly always
        return window.here + window.elsewhere <= allowed
    return used(window, rate, now) <= allowed


def seconds_until_free(window: RateWindow, rate: Rate, now: float, amount: int = 1) -> int:
    """Whole seconds, at least 1, until there is room for `amount` if nothing else is counted meanwhile."""
    passed = now / rate.seconds - window.number
    current = window.elsewhere + window.here
    room = rate.amount - min(amount, rate.amount)
    if current <= room:  # the previous window's share must decrease
        wait = 1 - (room - current) / max(1, window.before) - passed
    else:  # the current window must end, and then its share decrease
        wait = 1 - passed + max(0.0, 1 - room / current)
    return max(1, math.ceil(wait * rate.seconds))
