"""Reads pages of the event log, by number, and single events by id.

Numbers have no gaps, so a range of numbers bounds the rows that a page scans, for any filter: no filter needs an
index of its own, which every insert would have to update.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg2.errors import QueryCanceled
from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.event import REFERENCES
from app.domain.event_query import EventQuery, LogPage
from app.domain.ids import made_at
from app.domain.text_search import TextSearch
from app.errors import TooCostly
from app.models import Event, EventId
from app.postgres.statements import AnyRow, AnySelect

COLUMNS = (
    Event.seq,
    Event.event_id,
    Event.event_type,
    Event.user_id,
    Event.session_id,
    Event.occurred_at,
)
MAX_COMMIT_DELAY = timedelta(minutes=5)  # between the creation of an id and its commit
DATA_TEXT = cast(Event.event_data, Text)
DATA = DATA_TEXT.label("event_data")
SEARCH_TIMEOUT_MS = 3_000
MAX_BYTES = 512 * 1024  # of a page with data; its last row may go beyond
# Rows fetched at once, with data: a row of 64 KiB may be 3 MB as text (jsonb writes numbers in full), and its size
# is known only after it was fetched.
FETCH_SIZE = 50


@dataclass(frozen=True, slots=True)
class ScanBounds:
    """The bounds of a page: it scans `stretch` numbers at most (some 50 ms with the rows in memory).

    A time window of at most `window` events is read as a whole instead, and sorted.
    """

    stretch: int = 200_000
    window: int = 20_000
    searched: int = 50_000  # the stretch of a text search, which reads the data of each event

    def stretch_of(self, query: EventQuery) -> int:
        """How many numbers a page of this query scans at most."""
        return min(self.stretch, self.searched) if query.search else self.stretch


Conditions = Sequence[ColumnElement[bool]]
EventData = ColumnElement[dict[str, Any]] | InstrumentedAttribute[dict[str, Any]]


def read_page(
    connection: Connection,
    query: EventQuery,
    head: int,
    *,
    with_data: bool = False,
    bounds: ScanBounds = ScanBounds(),
) -> LogPage[AnyRow]:
    """A page of the events numbered up to `head`: rows of COLUMNS and REFERENCES.

    With data: rows of COLUMNS and `event_data` as JSON text; the page ends at MAX_BYTES. Raises TooCostly for a
    text search that takes longer than SEARCH_TIMEOUT_MS: it ends the transaction.
    """
    if query.search is None:
        return _read_page(connection, query, head, with_data, bounds)
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {SEARCH_TIMEOUT_MS}")
    try:
        return _read_page(connection, query, head, with_data, bounds)
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        raise TooCostly(
            "The events to search hold too much data. Name a type, a user or a channel, or move since and until"
            " closer together."
        ) from error


def _read_page(
    connection: Connection, query: EventQuery, head: int, with_data: bool, bounds: ScanBounds
) -> LogPage[AnyRow]:
    low, high = query.after or 0, head if query.before is None else min(head, query.before - 1)
    if not query.is_filtered:
        found = _in_order(connection, query, _numbered(query, low, high), with_data)
        return _page(query, found, low, high)
    # A window that is read as a whole has to be small, so without data.
    if not with_data and _is_short_window(connection, query, bounds.window):
        found = _by_time(connection, query, _numbered(query, low, high))
        return _page(query, found, low, high)
    start, end = _stretch(connection, query, low, high, bounds.stretch_of(query))
    found = _in_order(connection, query, _numbered(query, start, end), with_data)
    return _page(query, found, start, end, beyond=end < high if query.ascending else start > low)


def find(connection: Connection, workspace: UUID, event_id: str, seq: int | None = None) -> AnyRow | None:
    """The event with this id: COLUMNS, `received_at`, `event_data`, and its sender if that is stored.

    Ids are stored for some days. An older event is found by its number too, or by the time in an id that the
    server made.
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
        window = EventQuery(workspace, limit=1, since=made - MAX_COMMIT_DELAY, until=made + MAX_COMMIT_DELAY)
        whole = whole.where(*_received(window), *_occurred(window))
    else:
        return None
    return connection.execute(whole).one_or_none()


def _page(
    query: EventQuery, found: tuple[Sequence[AnyRow], bool], low: int, high: int, beyond: bool = False
) -> LogPage[AnyRow]:
    """The page, after a scan of the numbers above `low` up to `high`; `beyond`: there are more to scan."""
    rows, has_more = found
    if has_more:
        return LogPage(rows, scanned_to=rows[-1].seq, has_more=True)
    return LogPage(rows, scanned_to=max(low, high) if query.ascending else low + 1, has_more=beyond)


def _in_order(
    connection: Connection, query: EventQuery, numbered: Conditions, with_data: bool
) -> tuple[Sequence[AnyRow], bool]:
    """The rows of a page, and whether more were found."""
    columns = (DATA,) if with_data else _references(Event.event_data)
    events = select(*COLUMNS, *columns).where(*numbered, *_received(query), *_filters(query))
    order = Event.seq.asc() if query.ascending else Event.seq.desc()
    page = events.order_by(order).limit(query.limit + 1)
    if with_data:
        return _within_bytes(connection, page, query.limit)
    return _limited(connection.execute(page).all(), query.limit)


def _within_bytes(connection: Connection, page: AnySelect, limit: int) -> tuple[Sequence[AnyRow], bool]:
    """The first rows of a page, through a cursor: rows beyond MAX_BYTES are neither sent nor rendered as text."""
    rows: list[AnyRow] = []
    size = 0
    options = {"stream_results": True, "max_row_buffer": FETCH_SIZE}
    with connection.execute(page, execution_options=options) as result:
        while fetched := result.fetchmany(_fitting(len(rows), size)):
            rows += fetched
            size += sum(len(row.event_data.encode()) for row in fetched)
            if size >= MAX_BYTES:
                return rows[:limit], True
    return _limited(rows, limit)


def _fitting(rows: int, size: int) -> int:
    """How many more rows to fetch at once, after so many of this size in total."""
    return min(FETCH_SIZE, 1 + (MAX_BYTES - size) * rows // max(1, size))


def _limited(rows: Sequence[AnyRow], limit: int) -> tuple[Sequence[AnyRow], bool]:
    return rows[:limit], len(rows) > limit


def _by_time(
    connection: Connection, query: EventQuery, numbered: Conditions
) -> tuple[Sequence[AnyRow], bool]:
    # MATERIALIZED, or the planner may scan in order of the numbers until it reaches the window.
    conditions = (*numbered, *_received(query), *_filters(query))
    found = select(*COLUMNS, Event.event_data).where(*conditions)
    window = found.cte("window").prefix_with("MATERIALIZED")
    order = window.c.seq.asc() if query.ascending else window.c.seq.desc()
    columns = (*(window.c[column.key] for column in COLUMNS), *_references(window.c.event_data))
    rows = connection.execute(select(*columns).order_by(order).limit(query.limit + 1)).all()
    return _limited(rows, query.limit)


def _is_short_window(connection: Connection, query: EventQuery, most: int) -> bool:
    if query.since is None:
        return False
    mine = Event.workspace_id == query.workspace_id
    window = select(Event.seq).where(mine, *_received(query), *_occurred(query)).limit(most + 1)
    count: int = connection.execute(select(func.count()).select_from(window.subquery())).scalar_one()
    return count <= most


def _stretch(connection: Connection, query: EventQuery, low: int, high: int, most: int) -> tuple[int, int]:
    """The numbers to scan, above the first up to the second, from the first event that is stored."""
    order = Event.seq.asc() if query.ascending else Event.seq.desc()
    nearest = select(Event.seq).where(*_numbered(query, low, high), *_received(query)).order_by(order)
    first = connection.execute(nearest.limit(1)).scalar_one_or_none()
    if query.ascending:
        return (high, high) if first is None else (first - 1, min(first - 1 + most, high))
    return (low, low) if first is None else (max(first - most, low), first)


def _references(event_data: EventData) -> Sequence[ColumnElement[str | None]]:
    """The REFERENCES in this column that are text, each by its name."""
    return [_text_in(event_data, name).label(name) for name in REFERENCES]


def _text_in(event_data: EventData, name: str) -> ColumnElement[str | None]:
    kind = func.jsonb_typeof(func.jsonb_extract_path(event_data, name))
    return case((kind == "string", func.jsonb_extract_path_text(event_data, name)))


def _numbered(query: EventQuery, low: int, high: int) -> Conditions:
    return Event.workspace_id == query.workspace_id, Event.seq > low, Event.seq <= high


def _received(query: EventQuery) -> Iterator[ColumnElement[bool]]:
    """Excludes the partitions that cannot contain any of the requested events."""
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
    if query.search:
        yield _holds(query.search)


def _holds(search: TextSearch) -> ColumnElement[bool]:
    data = DATA_TEXT.regexp_match(search.json_pattern)
    return or_(
        Event.event_id.regexp_match(search.pattern),
        Event.event_type.regexp_match(search.pattern),
        func.coalesce(Event.session_id, "").regexp_match(search.pattern),
        data if search.reader is None else (Event.user_id == search.reader) & data,
    )
