"""The line is cut while a COMMIT is under way: the committer finds out by id what became of it.

However it was, each event is stored once, counted once and announced once, and is no duplicate to who posted it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_proxy import PostgresProxy
from sqlalchemy import create_engine

from app.errors import OutcomeUnknown
from app.ingest import committer as committing
from app.postgres.engines import ENGINE_OPTIONS


@pytest.fixture
def proxy(app, database_url: str, tmp_path: Path) -> Iterator[PostgresProxy]:
    proxy = PostgresProxy(database_url, tmp_path)
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def committer(start, proxy: PostgresProxy):
    """It talks to PostgreSQL through the proxy."""
    engine = create_engine(proxy.url, **ENGINE_OPTIONS)
    yield start(engine)
    engine.dispose()


CUTS = pytest.mark.parametrize(
    "cuts",
    [["before"], ["after"], ["during"], ["before", "after"], ["after", "after"], ["during", "during"]],
    ids=" and ".join,
)


@CUTS
def test_it_is_stored_and_counted_once(committer, proxy, event, log, sql, cuts):
    committer.submit([event("e-1")])
    proxy.cuts = cuts
    receipts = committer.submit([event("e-2"), event("e-3")])
    assert [(r.event_id, r.seq, r.duplicate) for r in receipts] == [("e-2", 2, False), ("e-3", 3, False)]
    assert [(row.seq, row.event_id) for row in log()] == [(1, "e-1"), (2, "e-2"), (3, "e-3")]
    assert sum(row.count for row in sql("SELECT count FROM minute_counts")) == 3
    assert proxy.cuts == []


@CUTS
def test_it_is_announced_once(committer, proxy, events, announced, cuts):
    proxy.cuts = cuts
    committer.submit(events(2))
    committer.submit(events(1))
    assert [(news.first, len(news.frames)) for news in announced] == [(1, 2), (3, 1)]


@CUTS
def test_the_time_told_is_the_time_stored(committer, proxy, event, sql, cuts):
    proxy.cuts = cuts
    [receipt] = committer.submit([event()])
    [stored] = sql("SELECT occurred_at FROM events")
    assert receipt.occurred_at == stored.occurred_at


@CUTS
def test_a_repeat_within_the_cut_request_and_one_after_it_are_duplicates(committer, proxy, event, cuts):
    proxy.cuts = cuts
    receipts = committer.submit([event("e-1"), event("e-1")])
    [again] = committer.submit([event("e-1")])
    assert [(r.seq, r.duplicate) for r in (*receipts, again)] == [(1, False), (1, True), (1, True)]


@CUTS
def test_a_duplicate_that_is_cut_is_still_a_duplicate(committer, start, engine, proxy, event, cuts):
    start(engine).submit([event("e-1")])
    proxy.cuts = cuts
    [again] = committer.submit([event("e-1")])
    assert (again.seq, again.duplicate) == (1, True)


def test_what_cannot_be_found_out_is_said_to_be_unknown(committer, proxy, event, log):
    proxy.cuts = ["after"] + ["before"] * round(2 * committing.RETRY_FOR / committing.RETRY_EVERY)
    with pytest.raises(OutcomeUnknown) as unknown:
        committer.submit([event("e-1")])
    assert unknown.value.retry_after == 2
    proxy.cuts = []
    [again] = committer.submit([event("e-1")])  # as the answer advises
    assert (again.seq, again.duplicate) == (1, True)
    assert len(log()) == 1
