"""A time range split into whole minutes, which have stored sums, and partial minutes at its edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from app.domain.instants import minute_of

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `since` (inclusive) to `until` (exclusive; None: open-ended)."""

    since: datetime
    until: datetime | None

    @property
    def first_minute(self) -> datetime:
        """The start of the first whole minute; later than `last_minute` if there is none."""
        begun = minute_of(self.since)
        return begun if begun == self.since else begun + MINUTE

    @property
    def last_minute(self) -> datetime | None:
        """The end of the last whole minute."""
        return self.until and minute_of(self.until)

    def edges(self) -> Iterator[tuple[datetime, datetime]]:
        """The parts of the range outside its whole minutes: none, one or two."""
        first, last = self.first_minute, self.last_minute
        if self.until and last and last < first:  # both ends lie in one minute
            yield self.since, self.until
            return
        if self.since < first:
            yield self.since, first
        if self.until and last and last < self.until:
            yield last, self.until


def local_hour(moment: datetime, zone: str) -> str:
    """`2025-10-26T02:00:00+02:00`: the local hour; the offset distinguishes an hour that is repeated."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = local.utcoffset() or timedelta()
    return local.replace(minute=0, second=0, microsecond=0, tzinfo=timezone(offset)).isoformat()


def hour_edges(since: datetime, until: datetime, zone: str) -> list[datetime]:
    """`since`, where each later local hour begins, and `until`."""
    edges = [since]
    while (edge := _next_hour(edges[-1], zone)) < until:
        edges.append(edge)
    return [*edges, until]


def _next_hour(moment: datetime, zone: str) -> datetime:
    local = moment.astimezone(ZoneInfo(zone))
    begun = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment + timedelta(hours=1) - begun
