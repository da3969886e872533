"""Pages of an export: keyset pagination by short queries, so that no transaction lasts as long as a download."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.auth.heavy_reads import HeavyReads
from app.domain.event_query import EventQuery, LogPage
from app.errors import DATABASE_AWAY, NotFound, TooBusy
from app.event_log import heads
from app.event_log import pages as event_pages
from app.postgres.database_away import report_database_away
from app.postgres.statements import AnyRow

log = logging.getLogger(__name__)

MAX_PAGE_ROWS = 1_000  # `event_pages` ends a page sooner where rows are large
RETRY_TIMEOUT = 5.0  # seconds, for a database that is away in the middle of a download
RETRY_INTERVAL = 0.5  # seconds


def pages(reads: HeavyReads, query: EventQuery, *, with_data: bool) -> Iterator[Sequence[AnyRow]]:
    """Rows by number, up to the present end of the log, in pages of about half a mebibyte at most.

    Database errors are raised at once for the first page, and after RETRY_TIMEOUT for later ones.
    """
    query = replace(query, after=0, limit=MAX_PAGE_ROWS)
    head = _head(reads, query)
    page = _read(reads, query, head, with_data)
    while True:
        yield page.rows
        if not page.has_more:
            return
        query = replace(query, after=page.scanned_to)
        page = _read_with_retries(reads, query, head, with_data)


def _head(reads: HeavyReads, query: EventQuery) -> int:
    with reads.connection(query.workspace_id) as connection:
        head = heads.heads(connection, [query.workspace_id]).get(query.workspace_id)
    if head is None:
        raise NotFound
    return head.seq


def _read(reads: HeavyReads, query: EventQuery, head: int, with_data: bool) -> LogPage[AnyRow]:
    with reads.connection(query.workspace_id) as connection:
        return event_pages.read_page(connection, query, head, with_data=with_data)


def _read_with_retries(reads: HeavyReads, query: EventQuery, head: int, with_data: bool) -> LogPage[AnyRow]:
    deadline = time.monotonic() + RETRY_TIMEOUT
    while True:
        try:
            return _read(reads, query, head, with_data)
        except (*DATABASE_AWAY, TooBusy) as error:
            if time.monotonic() > deadline:
                raise
            report_database_away(error)
        time.sleep(RETRY_INTERVAL)
