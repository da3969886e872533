"""Upkeep blocks neither posts nor reads while partitions are created and dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import gevent
import pytest
from gevent.event import Event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.event_log import partitions
from app.maintenance.retention import run_upkeep_at
from app.postgres.advisory_locks import AdvisoryLock, lock_until_commit

NOON = datetime(2031, 3, 15, 12, tzinfo=UTC)
RETENTION = timedelta(days=90)


@pytest.fixture
def reader(engine):
    """A transaction in the middle of a long read of the whole log."""
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        assert connection.execute(text("SELECT count(*) FROM events")).scalar_one() == 0
        yield connection


def test_days_are_created_beside_open_work(engine, post, reader, days):
    post(NOON)
    with engine.begin() as commit_under_way:
        commit_under_way.execute(text("LOCK TABLE events IN ROW EXCLUSIVE MODE"))
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            partitions.create(connection, NOON.date(), 10)
    assert len(days()) == 10


def test_creating_days_blocks_no_post(engine, post):
    post(NOON)
    with engine.begin() as connection:
        partitions.create(connection, NOON.date(), 10)
        post(NOON)  # before that has been committed


@pytest.fixture
def old_day(engine, post):
    post(NOON - timedelta(days=100))
    with engine.connect() as connection:
        [old, *_] = partitions.expired(connection, NOON - RETENTION)
    return old


def test_day_being_read_is_dropped_later(engine, old_day, post, days):
    with engine.connect() as reader, engine.connect() as connection:
        reader.execute(text("SELECT count(*) FROM events"))
        upkeep = connection.execution_options(isolation_level="AUTOCOMMIT")
        upkeep.execute(text("SET lock_timeout = '100ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            partitions.drop(upkeep, old_day)
        upkeep.execute(text("RESET lock_timeout"))
        post(NOON)
    run_upkeep_at(engine, NOON, RETENTION)
    assert days()[0] == "20310315"


def test_dropping_a_day_blocks_no_post(engine, old_day, post, ask):
    post(NOON)
    stop = Event()

    def posting() -> int:
        posted = 0
        while not stop.is_set():
            post(NOON)
            posted += 1
        return posted

    posters = [gevent.spawn(posting) for _ in range(3)]
    for _ in range(3):
        run_upkeep_at(engine, NOON, RETENTION)
    stop.set()
    assert sum(poster.get() for poster in posters) + 1 == len(ask("SELECT FROM events"))


def test_upkeep_is_exclusive(engine, days):
    with engine.begin() as other:
        lock_until_commit(other, AdvisoryLock.RETENTION)
        assert run_upkeep_at(engine, NOON, RETENTION) is None
    assert days() == []
    assert run_upkeep_at(engine, NOON, RETENTION) is not None


def test_upkeep_leaves_no_lock_behind(engine, ask):
    run_upkeep_at(engine, NOON, RETENTION)
    held = """SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database AND datname = current_database()
        WHERE locktype = 'advisory'"""
    assert ask(held) == []
    assert engine.pool.checkedout() == 0
