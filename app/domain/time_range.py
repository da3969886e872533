"""A stretch of time cut at the minutes: whole ones, which have sums, and edges, which have to be counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from app.domain.instants import minute_of

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `since` on, before `until`; None = without an end."""

    since: datetime
    until: datetime | None

    @property
    def first_minute(self) -> datetime:
        """Where the whole minutes begin; they may end before, if there are none."""
        begun = minute_of(self.since)
        return begun if begun == self.since else begun + MINUTE

    @property
    def last_minute(self) -> datetime | None:
        """Where the whole minutes end."""
        return self.until and minute_of(self.until)

    def edges(self) -> Iterator[tuple[datetime, datetime]]:
        """What lies in the stretch but in no whole minute of it: none, one or two parts."""
        first, last = self.first_minute, self.last_minute
        if last is not None and last < first:  # both ends lie in one minute
            yield self.since, self.until
            return
        if self.since < first:
            yield self.since, first
        if last is not None and last < self.until:
            yield last, self.until


def local_hour(moment: datetime, zone: str) -> str:
    """`2025-10-26T02:00:00+02:00`: the hour on the clocks of the zone, told from its repetition by the offset."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = local.utcoffset()
    return local.replace(minute=0, second=0, microsecond=0, tzinfo=timezone(offset)).isoformat()
