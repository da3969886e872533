"""Reads the event log in pages, by number, and single events by id.

Numbers have no gaps, so a stretch of numbers bounds how many rows a page looks at, whatever it is filtered by:
no filter needs an index of its own, which every event written would have to pay for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, cast, func, select

from app.domain.event_query import EventQuery, LogPage
from app.domain.ids import made_at
from app.models import Event, EventId

COLUMNS = (
    Event.seq,
    Event.event_id,
    Event.event_type,
    Event.user_id,
    Event.session_id,
    Event.occurred_at,
)
BEFORE_COMMIT = timedelta(minutes=5)  # more than lies between the making of an id and its commit
DATA = cast(Event.event_data, Text).label("event_data")
MAX_BYTES = 512 * 1024  # of a page with data; its last row may go beyond
# Rows fetched at once, with data: PostgreSQL may write one of 64 KiB as 3 MB (jsonb spells numbers out), and how
# large a row is shows only when it is there.
FETCHED = 50


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one page looks: so many numbers at most (some 50 ms where the rows are in memory).

    A window of time that holds no more events than `window` is read whole instead, and sorted.
    """

    stretch: int = 200_000
    window: int = 20_000


Conditions = Sequence[ColumnElement[bool]]


def read_page(
    connection: Connection,
    query: EventQuery,
    head: int,
    *,
    with_data: bool = False,
    reach: Reach = Reach(),
) -> LogPage[Row]:
    """A page of the events numbered up to `head`: rows of COLUMNS, and with `event_data` as JSON text.

    With data it ends where MAX_BYTES are reached.
    """
    low, high = query.after or 0, head if query.before is None else min(head, query.before - 1)
    if not query.is_filtered:
        found = _in_order(connection, query, _numbered(query, low, high), with_data)
        return _page(query, found, low, high)
    # What is read whole has to be small, so its data stays out.
    if not with_data and _is_short_window(connection, query, reach.window):
        found = _by_time(connection, query, _numbered(query, low, high))
        return _page(query, found, low, high)
    start, end = _stretch(connection, query, low, high, reach.stretch)
    found = _in_order(connection, query, _numbered(query, start, end), with_data)
    return _page(query, found, start, end, beyond=end < high if query.ascending else start > low)


def find(connection: Connection, workspace: UUID, event_id: str, seq: int | None = None) -> Row | None:
    """The event with this id: COLUMNS, `received_at`, `event_data`, and its sender if that is kept.

    Ids are remembered for some days. Beyond, an event is found by its number as well, or by the time in an id
    that the server made.
    """
    whole = select(*COLUMNS, Event.received_at, Event.event_data, Event.address, Event.user_agent).where(
        Event.workspace_id == workspace, Event.event_id == event_id
    )
    by_id = (EventId.workspace_id == workspace) & (EventId.event_id == event_id)
    taken = connection.execute(select(EventId.seq, EventId.received_at).where(by_id)).one_or_none()
    if taken is not None:
        # Not a join: with the moment of receipt in its text, the query is planned for one partition of many.
        whole = whole.where(Event.seq == taken.seq, Event.received_at == taken.received_at)
    elif seq is not None:
        whole = whole.where(Event.seq == seq)
    elif made := made_at(event_id):
        window = EventQuery(workspace, limit=1, since=made - BEFORE_COMMIT, until=made + BEFORE_COMMIT)
        whole = whole.where(*_received(window), *_occurred(window))
    else:
        return None
    return connection.execute(whole).one_or_none()


def _page(
    query: EventQuery, found: tuple[Sequence[Row], bool], low: int, high: int, beyond: bool = False
) -> LogPage[Row]:
    """The page, after a look at the numbers above `low` up to `high`; `beyond` them there is more to look at."""
    rows, has_more = found
    if has_more:
        return LogPage(rows, scanned_to=rows[-1].seq, has_more=True)
    return LogPage(rows, scanned_to=max(low, high) if query.ascending else low + 1, has_more=beyond)


def _in_order(
    connection: Connection, query: EventQuery, numbered: Conditions, with_data: bool
) -> tuple[Sequence[Row], bool]:
    """The rows of a page, and whether more were found than it takes."""
    columns = (*COLUMNS, DATA) if with_data else COLUMNS
    events = select(*columns).where(*numbered, *_received(query), *_filters(query))
    order = Event.seq.asc() if query.ascending else Event.seq.desc()
    page = events.order_by(order).limit(query.limit + 1)
    if with_data:
        return _within_bytes(connection, page, query.limit)
    return _limited(connection.execute(page).all(), query.limit)


def _within_bytes(connection: Connection, page: Select, limit: int) -> tuple[Sequence[Row], bool]:
    """The first rows of a page, through a cursor: what does not fit is neither sent nor written as text."""
    rows: list[Row] = []
    size = 0
    options = {"stream_results": True, "max_row_buffer": FETCHED}
    with connection.execute(page, execution_options=options) as result:
        while fetched := result.fetchmany(_fitting(len(rows), size)):
            rows += fetched
            size += sum(len(row.event_data.encode()) for row in fetched)
            if size >= MAX_BYTES:
                return rows[:limit], True
    return _limited(rows, limit)


def _fitting(rows: int, size: int) -> int:
    """How many more to fetch at once, where so many have been of this size together."""
    return min(FETCHED, 1 + (MAX_BYTES - size) * rows // max(1, size))


def _limited(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    return rows[:limit], len(rows) > limit


def _by_time(connection: Connection, query: EventQuery, numbered: Conditions) -> tuple[Sequence[Row], bool]:
    # Materialized, or the planner may walk through the numbers in order, hoping to meet the window soon.
    conditions = (*numbered, *_received(query), *_filters(query))
    window = select(*COLUMNS).where(*conditions).cte("window").prefix_with("MATERIALIZED")
    order = window.c.seq.asc() if query.ascending else window.c.seq.desc()
    rows = connection.execute(select(window).order_by(order).limit(query.limit + 1)).all()
    return _limited(rows, query.limit)


def _is_short_window(connection: Connection, query: EventQuery, most: int) -> bool:
    if query.since is None:
        return False
    mine = Event.workspace_id == query.workspace_id
    window = select(Event.seq).where(mine, *_received(query), *_occurred(query)).limit(most + 1)
    return connection.execute(select(func.count()).select_from(window.subquery())).scalar_one() <= most


def _stretch(connection: Connection, query: EventQuery, low: int, high: int, most: int) -> tuple[int, int]:
    """The numbers to look at, above the first up to the second: from where the first event kept is."""
    order = Event.seq.asc() if query.ascending else Event.seq.desc()
    nearest = select(Event.seq).where(*_numbered(query, low, high), *_received(query)).order_by(order)
    first = connection.execute(nearest.limit(1)).scalar_one_or_none()
    if query.ascending:
        return (high, high) if first is None else (first - 1, min(first - 1 + most, high))
    return (low, low) if first is None else (max(first - most, low), first)


def _numbered(query: EventQuery, low: int, high: int) -> Conditions:
    return Event.workspace_id == query.workspace_id, Event.seq > low, Event.seq <= high


def _received(query: EventQuery) -> Iterator[ColumnElement[bool]]:
    """Leaves out the partitions in which nothing that is asked for can be."""
    first, end = query.received_days()
    if first:
        yield Event.received_at >= first
    if end:
        yield Event.received_at < end


def _occurred(query: EventQuery) -> Iterator[ColumnElement[bool]]:
    if query.since:
        yield Event.occurred_at >= query.since
    if query.until:
        yield Event.occurred_at < query.until


def _filters(query: EventQuery) -> Iterator[ColumnElement[bool]]:
    yield from _occurred(query)
    if query.types:
        yield Event.event_type.in_(query.types)
    if query.user_id:
        yield Event.user_id == query.user_id
    if query.channel:
        yield Event.event_data["channelId"].astext == query.channel
