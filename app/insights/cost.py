"""What counting events one by one may cost: a bounded number of them, all of which must still be stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.domain.instants import iso
from app.domain.time_range import TimeRange
from app.errors import InvalidInput, TooCostly
from app.event_log.kept import complete_since
from app.insights.activity import counts, hour_rollup
from app.insights.event_selection import EVENTS, EventSelection

MAX_EVENTS = 2_000_000  # read for one answer
NO_END = datetime(3000, 1, 1, tzinfo=UTC)


def check_cost(connection: Connection, selections: Sequence[EventSelection]) -> None:
    """Raise TooCostly if more than MAX_EVENTS lie in the ranges; whatever is selected of them, all are read.

    The second selection is of the range that the first one is compared with.
    """
    found = [_events_in(connection, one) for one in selections]
    if sum(found) <= MAX_EVENTS:
        return
    compared = " and the one that it is compared with" if len(found) > 1 else ""
    alone = ", or leave out compare" if len(found) > 1 and found[0] <= MAX_EVENTS else ""
    raise TooCostly(
        f"There are {sum(found):,} events in this stretch of time{compared}; by user or channel at most "
        f"{MAX_EVENTS:,} are looked at. Move since and until closer together{alone}."
    )


def check_kept(connection: Connection, selections: Sequence[EventSelection]) -> None:
    """Raise InvalidInput if events of a range have been dropped; the second is the one that is compared with."""
    for name, one in zip(("since", "compare"), selections, strict=False):
        since = one.time_range.since
        kept = complete_since(connection, one.workspace, since)
        if kept > since:
            message = (
                f"By user or channel, events are counted as long as they are stored: since {iso(kept)}. "
                "Ask for a later stretch of time, or without user and channel."
            )
            raise InvalidInput(f"{name}: {message}", errors={name: [message]})


def _events_in(connection: Connection, selection: EventSelection) -> int:
    """How many events there are in whole minutes of the range, by their sums."""
    start, end = selection.time_range.first_minute, selection.time_range.last_minute or NO_END
    if start >= end:
        return 0
    every = EventSelection(selection.workspace, TimeRange(start, end), EVENTS, ())
    summed_until = hour_rollup.summed_until(connection, selection.workspace)
    return sum(counts.bucket_counts(connection, every, (start, end), summed_until))
