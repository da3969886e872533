"""What counting events one by one may cost: a bounded number of them, all of which must still be stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.domain.instants import iso
from app.errors import InvalidInput, TooCostly
from app.event_log.kept import complete_since
from app.insights.event_selection import EventSelection

MAX_EVENTS = 2_000_000  # read for one answer
EVENTS_IN_RANGE = "SELECT coalesce(sum(m.count), 0) FROM minute_counts AS m WHERE {in_minutes}"


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
    query = EVENTS_IN_RANGE.format(in_minutes=selection.in_minutes)
    return int(connection.exec_driver_sql(query, selection.parameters).scalar_one())
