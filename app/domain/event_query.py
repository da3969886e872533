"""Which events of a workspace's log are asked for, and which page of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.event import MAX_AHEAD, MAX_LATE

Row = TypeVar("Row")

# Between the check of an event's timestamp and its receipt: waiting for the commit, and clocks that differ.
CLOCK_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Filters, all of which must hold, and a page: above `after` in order, else the newest below `before`."""

    workspace_id: UUID
    limit: int
    after: int | None = None
    before: int | None = None
    types: tuple[str, ...] = ()
    user_id: UUID | None = None
    channel: str | None = None  # what their data names as `channelId`
    since: datetime | None = None  # occurred at this moment or later
    until: datetime | None = None  # occurred before

    @property
    def ascending(self) -> bool:
        """In order of number, or the newest first?"""
        return self.after is not None

    @property
    def is_filtered(self) -> bool:
        """May there be events in the log that are not asked for?"""
        return bool(self.types or self.user_id or self.channel or self.since or self.until)

    def received_days(self) -> tuple[datetime | None, datetime | None]:
        """Whole UTC days in which an event that occurred from `since` to `until` may have been received.

        Partitions hold whole days of receipt, so these bounds say which of them to read.
        """
        first = self.since and _midnight(self.since - MAX_AHEAD - CLOCK_SLACK)
        end = self.until and _midnight(self.until + MAX_LATE + CLOCK_SLACK) + timedelta(days=1)
        return first, end


@dataclass(frozen=True, slots=True)
class LogPage(Generic[Row]):
    """Rows in the order asked for. All up to `scanned_to` has been looked at; `has_more`: more may lie beyond.

    A page may be short, even empty, and still have more: how far one page looks is bounded.
    """

    rows: Sequence[Row]
    scanned_to: int
    has_more: bool


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
