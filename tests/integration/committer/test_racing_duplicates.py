"""Copies of an event on several workers at once: one is stored, the others are duplicates."""

from __future__ import annotations

import gevent
import pytest
from sqlalchemy import create_engine

from app.postgres.engines import ENGINE_OPTIONS

COPIES, EVENTS = 4, 50


@pytest.fixture
def workers(app, start, database_url):
    engines = [create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **ENGINE_OPTIONS) for _ in range(COPIES)]
    yield [start(engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def test_racing_copies_are_stored_once(workers, event, log, announced):
    originals = [event(f"e-{number}", number=number) for number in range(EVENTS)]
    races = [[gevent.spawn(worker.submit, [original]) for worker in workers] for original in originals]
    for race in races:
        receipts = [greenlet.get().receipts[0] for greenlet in race]
        assert len({(receipt.seq, receipt.occurred_at) for receipt in receipts}) == 1
        assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * (COPIES - 1)
    assert [row.seq for row in log()] == list(range(1, EVENTS + 1))
    numbers_announced = sorted(news.first + n for news in announced for n in range(len(news.frames)))
    assert numbers_announced == list(range(1, EVENTS + 1))


def test_workers_that_race_leave_no_gap(workers, events, log):
    requests = [gevent.spawn(workers[n % COPIES].submit, events(1 + n % 7)) for n in range(100)]
    numbers = [receipt.seq for greenlet in requests for receipt in greenlet.get().receipts]
    assert sorted(numbers) == [row.seq for row in log()] == list(range(1, len(numbers) + 1))
