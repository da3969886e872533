"""Pagination of the log: the pages of any query hold each event once, in order, and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from event_pages_log import DAYS, DROPPED, FIRST_DAY, NEIGHBOUR, TYPES, USERS, WORKSPACE, Entry, drawn, store
from hypothesis import given, settings
from hypothesis import strategies as st
from sql_runner import app_on
from sqlalchemy import Connection, Engine, text

from app.domain.event_query import EventQuery
from app.domain.text_search import TextSearch
from app.event_log import pages
from app.event_log.pages import ScanBounds
from app.extensions import db
from launcher.postgres import Postgres

LOG = drawn()
HEAD = len(LOG)
MOMENTS = st.none() | st.integers(-24, DAYS * 24 + 24).map(lambda hours: FIRST_DAY + timedelta(hours=hours))
SEARCHED = [
    *(
        "e1",
        "E11",
        "SENT",
        "rare.THING",
        "s-3",
        "-",
        "_",
        "%",
        "\\",
        "off_a\\b",
        "50% OFF",
        "größe",
        "GRÖSSE",
        "école",
        "ÉC",
    ),
    *(
        "日本 ",
        "🎉",
        '"x"',
        "[a-z]",
        ".*",
        "inner",
        "text",
        "117",
        "nothing",
        "message_sent",
        "(",
        "***:e",
        "Großᵉ",
    ),
]
QUERIES = st.builds(
    EventQuery,
    workspace_id=st.just(WORKSPACE),
    limit=st.integers(1, 40),
    after=st.none() | st.integers(0, HEAD + 5),
    types=st.lists(st.sampled_from(TYPES), max_size=2, unique=True).map(tuple),
    user_id=st.none() | st.sampled_from(USERS),
    since=MOMENTS,
    until=MOMENTS,
    search=st.none() | st.builds(TextSearch, st.sampled_from(SEARCHED), st.none() | st.sampled_from(USERS)),
)
SCAN_BOUNDS = st.builds(ScanBounds, stretch=st.integers(1, 150), window=st.integers(0, 130))


@pytest.fixture(scope="module")
def engine(postgres: Postgres, environ: dict[str, str]) -> Iterator[Engine]:
    postgres.create_database("event_pages")
    with app_on(environ, postgres.url_of("event_pages")).app_context():
        engine = db.engine
    with engine.begin() as connection:
        store(connection, LOG)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def wanted(query: EventQuery) -> list[int]:
    """The numbers that the query asks for, found the slow way."""
    return [entry.seq for entry in LOG[DROPPED:] if entry.seq > (query.after or 0) and _passes(query, entry)]


def _passes(query: EventQuery, entry: Entry) -> bool:
    return (
        (not query.types or entry.event_type in query.types)
        and (query.user_id is None or entry.user_id == query.user_id)
        and (query.since is None or entry.occurred_at >= query.since)
        and (query.until is None or entry.occurred_at < query.until)
        and (query.search is None or _holds(query.search, entry))
    )


def _holds(search: TextSearch, entry: Entry) -> bool:
    sees_data = search.reader in (None, entry.user_id)
    texts = [
        entry.event_id,
        entry.event_type,
        entry.session_id or "",
        *(texts_in(entry.event_data) if sees_data else []),
    ]
    return any(re.search(re.escape(search.text), text, re.IGNORECASE) for text in texts)


def texts_in(value: object) -> list[str]:
    """All names and values in an event's data."""
    if isinstance(value, dict):
        return [*value, *(text for one in value.values() for text in texts_in(one))]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    return [str(value)]


def walk(connection: Connection, query: EventQuery, bounds: ScanBounds, with_data: bool = False) -> list[int]:
    """The numbers of all pages from the query's first on."""
    seen: list[int] = []
    for _ in range(HEAD + 3):
        page = pages.read_page(connection, query, HEAD, bounds=bounds, with_data=with_data)
        assert len(page.rows) <= query.limit
        seen += [row.seq for row in page.rows]
        if not page.has_more:
            return seen
        place = {"after" if query.ascending else "before": page.scanned_to}
        query = _moved(query, **place)
    raise AssertionError("there is always one more page")


def _moved(query: EventQuery, **place: int) -> EventQuery:
    values = {name: getattr(query, name) for name in query.__slots__}
    return EventQuery(**values | place)


@settings(max_examples=150, deadline=None)
@given(query=QUERIES, bounds=SCAN_BOUNDS, with_data=st.booleans())
def test_pages_equal_the_whole_result(connection, query, bounds, with_data):
    found = walk(connection, query, bounds, with_data)
    assert found == (wanted(query) if query.ascending else wanted(query)[::-1])


def test_page_scan_is_bounded(connection):
    query = EventQuery(workspace_id=WORKSPACE, limit=100, after=DROPPED, types=("nothing.such",))
    for turn in (1, 2):
        page = pages.read_page(connection, query, HEAD, bounds=ScanBounds(stretch=20, window=0))
        assert (page.rows, page.scanned_to, page.has_more) == ([], DROPPED + 20 * turn, True)
        query = _moved(query, after=page.scanned_to)


def test_dropped_days_are_skipped_at_once(connection):
    query = EventQuery(workspace_id=WORKSPACE, limit=1, after=0, types=TYPES)
    page = pages.read_page(connection, query, HEAD, bounds=ScanBounds(stretch=1, window=0))
    assert [row.seq for row in page.rows] == [DROPPED + 1]


def test_pages_are_isolated_by_workspace(connection):
    connection.execute(text("DELETE FROM events WHERE workspace_id = :id"), {"id": WORKSPACE})
    try:
        page = pages.read_page(connection, EventQuery(workspace_id=WORKSPACE, limit=100), HEAD)
        assert page.rows == []
        page = pages.read_page(connection, EventQuery(workspace_id=NEIGHBOUR, limit=5), HEAD)
        assert [row.seq for row in page.rows] == [120, 119, 118, 117, 116]
    finally:
        connection.rollback()


@pytest.mark.parametrize("bounds", [ScanBounds(), ScanBounds(window=0)])
def test_time_window_reads_only_its_days(engine, bounds):
    since, until = FIRST_DAY + timedelta(days=6, hours=8), FIRST_DAY + timedelta(days=6, hours=20)
    query = EventQuery(workspace_id=WORKSPACE, limit=100, since=since, until=until)
    # Received from that day to the end of the next one: no other may be read while this lock is held.
    others = [f"events_202503{day:02}" for day in range(1, DAYS + 1) if day not in (7, 8)]
    with engine.connect() as holder, engine.connect() as reader:
        holder.exec_driver_sql(f"LOCK TABLE {', '.join(others)} IN ACCESS EXCLUSIVE MODE")
        reader.exec_driver_sql("SET lock_timeout = '100ms'")
        page = pages.read_page(reader, query, HEAD, bounds=bounds)
    assert [row.seq for row in page.rows] == wanted(query)[::-1]
    assert page.rows
