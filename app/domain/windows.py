"""The time windows of metrics, which end now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.instants import local_midnight

UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
WORDS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@dataclass(frozen=True, slots=True)
class MetricWindow:
    """`TODAY`, `NOW`, or `last(…)`; `name` is its name in the API: `today`, `now`, `5m`, `24h`, `7d`."""

    name: str
    length: timedelta | None = None

    def start(self, now: datetime, timezone: str) -> datetime | None:
        """Its start at `now` in an IANA timezone; None for `NOW`, which is of states, not of a time range."""
        if self.length is not None:
            return now - self.length
        return local_midnight(now, timezone) if self == TODAY else None

    @property
    def has_start(self) -> bool:
        """Whether its start is inclusive: midnight is, an event exactly an hour old is not."""
        return self.length is None

    @property
    def words(self) -> str:
        """`since local midnight`, `the last 5 minutes`."""
        if self.length is None:
            return "since local midnight" if self == TODAY else "now"
        count, unit = int(self.name[:-1]), WORDS[self.name[-1]]
        return f"the last {count} {unit}" if count > 1 else f"the last {unit[:-1]}"


TODAY = MetricWindow("today")
NOW = MetricWindow("now")


def last(**span: float) -> MetricWindow:
    """`last(minutes=5)`: the last so many whole seconds, in the largest unit that names them; a day is `24h`."""
    length = timedelta(**span)
    seconds = int(length.total_seconds())
    fitting = ((unit, size) for unit, size in UNITS if seconds % size == 0)
    unit, size = next((unit, size) for unit, size in fitting if unit != "d" or seconds > size)
    return MetricWindow(f"{seconds // size}{unit}", length)
