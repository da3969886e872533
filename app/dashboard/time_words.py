"""Moments in words: made, last used, expires. Days are those of the workspace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
JUST_NOW = timedelta(minutes=2)  # uses are noted to the minute
EXPIRES_SOON = timedelta(days=7)  # time enough to put a new token in its place


class ExpiryWords(NamedTuple):
    """When something ends, how far away that is, and a tone for what is near or over."""

    text: str
    detail: str = ""
    tone: str = ""


class TimeWords:
    """Moments in words for a page; None has not happened."""

    def __init__(self, timezone: str, now: datetime | None = None):
        """`timezone` is an IANA name; `now` is the current time."""
        self._zone = ZoneInfo(timezone)
        self._now = now or datetime.now(UTC)

    def day(self, moment: datetime) -> str:
        """`12 May 2026`."""
        local = self._local(moment)
        return f"{local.day} {local:%b %Y}"

    def day_in(self, days: int) -> str:
        """The day that begins so many times 24 hours from now."""
        return self.day(self._now + timedelta(days=days))

    def full(self, moment: datetime | None) -> str:
        """With time and zone, for a tooltip."""
        if moment is None:
            return ""
        local = self._local(moment)
        return f"{local:%A}, {local.day} {local:%B %Y} at {local:%H:%M:%S %Z}"

    def clock(self, moment: datetime) -> str:
        """`09:05`, of the workspace's clocks."""
        return f"{self._local(moment):%H:%M}"

    def ago(self, moment: datetime | None) -> str:
        """`3 hours ago`."""
        if moment is None:
            return "Never"
        past = self._now - moment
        return "Just now" if past < JUST_NOW else f"{_length(past)} ago"

    def expiry(self, moment: datetime | None) -> ExpiryWords:
        """`21 Feb 2027`, `in 90 days`."""
        if moment is None:
            return ExpiryWords("Never")
        ahead = moment - self._now
        if ahead <= timedelta(0):
            return ExpiryWords("Expired", f"on {self.day(moment)}", "bad")
        # A token of 90 days is one of 90 days, also a second later: what lies ahead is rounded, the past is cut.
        words = f"in {_length(ahead, is_rounded=True)}"
        return ExpiryWords(self.day(moment), words, "warn" if ahead < EXPIRES_SOON else "")

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def _length(distance: timedelta, is_rounded: bool = False) -> str:
    name, unit = next((unit for unit in UNITS if distance >= unit[1]), UNITS[-1])
    count = max(1, (distance + unit / 2) // unit if is_rounded else distance // unit)
    return f"{count} {name}{'' if count == 1 else 's'}"
