"""A query of a workspace's log: filters and paging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.event import HOUR_FINAL_AFTER, MAX_AHEAD
from app.domain.text_search import TextSearch

Row = TypeVar("Row")

# Between the check of an event's timestamp and its receipt: the commit queue, and clock skew.
CLOCK_SLACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Filters, combined with AND, and a page: ascending above `after`, else the newest below `before`."""

    workspace_id: UUID
    limit: int
    after: int | None = None
    before: int | None = None
    types: tuple[str, ...] = ()
    user_id: UUID | None = None
    channel: str | None = None  # `channelId` in their data
    since: datetime | None = None  # occurred at this moment or later
    until: datetime | None = None  # occurred before
    search: TextSearch | None = None

    @property
    def ascending(self) -> bool:
        """Whether the page is in ascending order; otherwise the newest come first."""
        return self.after is not None

    @property
    def is_filtered(self) -> bool:
        """Whether the query has any filter."""
        return bool(self.types or self.user_id or self.channel or self.since or self.until or self.search)

    def received_days(self) -> tuple[datetime | None, datetime | None]:
        """The UTC days in which an event that occurred from `since` to `until` may have been received.

        Partitions hold whole days of receipt, so these bounds prune partitions.
        """
        first = self.since and _midnight(self.since - MAX_AHEAD - CLOCK_SLACK)
        end = self.until and _midnight(self.until + HOUR_FINAL_AFTER + CLOCK_SLACK) + timedelta(days=1)
        return first, end


@dataclass(frozen=True, slots=True)
class LogPage(Generic[Row]):
    """Rows in the query's order. The log was scanned up to `scanned_to`; `has_more`: there may be more beyond.

    A page may be short, even empty, and still have more: one page scans a bounded part of the log.
    """

    rows: Sequence[Row]
    scanned_to: int
    has_more: bool


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
