"""The pages of an export: each a short query of its own, so that no transaction lasts as long as a download."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Row

from app.auth.heavy_reads import HeavyReads
from app.domain.event_query import EventQuery, LogPage
from app.errors import DATABASE_AWAY, NotFound, TooBusy
from app.event_log import heads
from app.event_log import pages as event_pages
from app.postgres.trouble_log import report_database_away

log = logging.getLogger(__name__)

MOST_ROWS = 1_000  # of a page, which `event_pages` ends sooner where they are large
PATIENCE = 5.0  # seconds for which a database that went away in the middle is waited for
RETRY_EVERY = 0.5  # seconds


def pages(reads: HeavyReads, query: EventQuery, *, with_data: bool) -> Iterator[Sequence[Row]]:
    """Rows by number, up to where the log ends now, in pages of about half a mebibyte at most.

    Raises what the database raises: for the first page at once, later only after some patience.
    """
    query = replace(query, after=0, limit=MOST_ROWS)
    head = _head(reads, query)
    page = _read(reads, query, head, with_data)
    while True:
        yield page.rows
        if not page.has_more:
            return
        query = replace(query, after=page.scanned_to)
        page = _read_patiently(reads, query, head, with_data)


def _head(reads: HeavyReads, query: EventQuery) -> int:
    with reads.connection(query.workspace_id) as connection:
        head = heads.heads(connection, [query.workspace_id]).get(query.workspace_id)
    if head is None:
        raise NotFound
    return head.seq


def _read(reads: HeavyReads, query: EventQuery, head: int, with_data: bool) -> LogPage[Row]:
    with reads.connection(query.workspace_id) as connection:
        return event_pages.read_page(connection, query, head, with_data=with_data)


def _read_patiently(reads: HeavyReads, query: EventQuery, head: int, with_data: bool) -> LogPage[Row]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _read(reads, query, head, with_data)
        except (*DATABASE_AWAY, TooBusy) as error:
            if time.monotonic() > deadline:
                raise
            report_database_away(error)
        time.sleep(RETRY_EVERY)
