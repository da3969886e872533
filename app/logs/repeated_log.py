"""Rate-limited log lines for lasting conditions: logged when they begin, change or end, and once a minute.

A Redis or a database that is away is noticed many times a second; a line for each would hide the cause, and fill
the disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

REPEAT_EVERY = 60.0  # seconds, while it lasts
NEW_AFTER = 10.0  # seconds; a condition that ends and returns within them is the same one
MAX_TEXTS = 50  # bounds the memory for a text that varies without end


@dataclass(slots=True)
class LoggedText:
    """When it was logged last, how often it was suppressed since, and whether the condition has ended."""

    logged_at: float
    suppressed: int = 0
    is_over: bool = False


class RepeatedLog:
    """Warnings of one kind, such as "redis away: <why>"; each text is a condition of its own."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = monotonic):
        self._log = log
        self._clock = clock
        self._logged: dict[str, LoggedText] = {}

    def warning(self, text: str) -> None:
        """Log the text if it is new or was logged a minute ago; otherwise count it for the next line."""
        now = self._clock()
        known = self._logged.get(text)
        if known and now - known.logged_at < (NEW_AFTER if known.is_over else REPEAT_EVERY):
            known.suppressed += 1
            return
        if known is None and len(self._logged) >= MAX_TEXTS:
            self._logged.clear()
        self._logged[text] = LoggedText(now)
        self._log.warning(
            "%s", text, extra={"repeated": known.suppressed} if known and known.suppressed else None
        )

    def over(self, text: str) -> None:
        """All conditions have ended: log this text, unless none was logged."""
        ending = [logged for logged in self._logged.values() if not logged.is_over]
        for logged in ending:
            logged.is_over = True
        if ending:
            self._log.warning("%s", text)
