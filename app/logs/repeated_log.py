"""Log lines for conditions that last: told when they begin, change or end, and once a minute, with a count.

A Redis or a database that is away is noticed many times a second; a line each would bury the one that says why,
and fill the disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

REMIND_EVERY = 60.0  # seconds, while it lasts
BEGINS_ANEW = 10.0  # seconds; what comes and goes more often is one condition
MAX_TEXTS = 50  # a text that varies without end must not be remembered without end


@dataclass(slots=True)
class ToldText:
    """When it was logged last, how often it was met since, and whether it has ended."""

    at: float
    unsaid: int = 0
    is_over: bool = False


class RepeatedLog:
    """Warnings of one kind, such as "redis away: <why>"; each text is a condition of its own."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = monotonic):
        self._log = log
        self._clock = clock
        self._told: dict[str, ToldText] = {}

    def warning(self, text: str) -> None:
        """Log the text if it is new, or was logged a minute ago; else count it for the next line."""
        now = self._clock()
        known = self._told.get(text)
        if known and now - known.at < (BEGINS_ANEW if known.is_over else REMIND_EVERY):
            known.unsaid += 1
            return
        if known is None and len(self._told) >= MAX_TEXTS:
            self._told.clear()
        self._told[text] = ToldText(now)
        self._log.warning("%s", text, extra={"repeated": known.unsaid} if known and known.unsaid else None)

    def over(self, text: str) -> None:
        """The condition has ended, whatever it was: log this text, unless nothing was told."""
        ending = [told for told in self._told.values() if not told.is_over]
        for told in ending:
            told.is_over = True
        if ending:
            self._log.warning("%s", text)
