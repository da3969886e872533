"""Migration 0014: the ids of events by day, with what is in the table, beside workers of the version before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import flask_migrate
import gevent
import pytest
from flask import Flask
from servers import until
from sql_runner import app_on, commit_again, sql_runner
from sqlalchemy import Connection, Engine

from app.domain.event import NewEvent, NumberedEvent
from app.event_log import append, partitions
from app.extensions import db
from app.maintenance.retention import run_upkeep_at
from app.postgres.statements import Script, Statement, autocommit
from launcher.postgres import Postgres

BEFORE = "0013"
MIKA = UUID(int=2)
WORKSPACE = """
    WITH made AS (
        INSERT INTO workspaces (id, slug, name) VALUES (gen_random_uuid(), 'acme', 'Acme') RETURNING id
    ) INSERT INTO event_heads (workspace_id, epoch) SELECT id, 'a1b2c3d4' FROM made RETURNING workspace_id
"""
# Of the version before.
LOOK_UP = Statement(
    "state_of_before",
    """
    SELECT last_seq, event_id, seq FROM event_heads LEFT JOIN (
        unnest($1::uuid[], $2::text[]) AS asked (workspace_id, event_id) CROSS JOIN LATERAL (
            SELECT seq, fingerprint, occurred_at FROM event_ids
            WHERE workspace_id = asked.workspace_id AND event_id = asked.event_id LIMIT 1
        ) AS taken
    ) USING (workspace_id)
    WHERE workspace_id = ANY($3::uuid[])
    """,
)


@pytest.fixture
def old(postgres: Postgres, environ: dict[str, str], request) -> Iterator[Flask]:
    """An app on a database of the version before, with one workspace."""
    name = f"event_ids_{request.node.name[:40]}"
    postgres.create_database(name, "template0")
    app = app_on(environ, postgres.url_of(name), BEFORE)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def engine(old) -> Engine:
    return db.engine


@pytest.fixture
def ask(engine) -> Callable:
    return sql_runner(engine)


@pytest.fixture
def post(engine, ask) -> Callable[..., int]:
    """`post(connection, "e-1")`: as a worker of the version before does it; returns the event's number."""
    [(workspace,)] = ask(WORKSPACE)
    with engine.begin() as connection:
        partitions.create(connection, datetime.now(UTC).date(), 5)

    def run(connection: Connection, event_id: str, received_at: datetime | None = None) -> int:
        now = received_at or datetime.now(UTC)
        script = Script()
        script.begin()
        script.add(append.LOCK_ALL_HEADS, [workspace])
        script.add(LOOK_UP, [workspace], [event_id], [workspace])
        [(last, known, seq)] = script.run(connection)
        script = Script()
        if known is None:
            seq = last + 1
            event = NewEvent(workspace, event_id, "user.active", {}, MIKA)
            append.append(script, [NumberedEvent(seq, event, now, b"-")], now)
        script.commit()
        script.run(connection)
        return seq

    return run


def test_earlier_workers_go_on_posting(engine, ask, post):
    stop = []

    def post_once(event_id: str) -> int:
        with autocommit(engine) as connection:
            return post(connection, event_id)

    def commit(event_id: str) -> int:
        return commit_again(lambda: post_once(event_id))

    def posting(worker: int) -> dict[str, int]:
        numbers: dict[str, int] = {}
        while not stop:
            event_id = f"e-{worker}-{len(numbers)}"
            numbers[event_id] = commit(event_id)
            assert commit(event_id) == numbers[event_id]
            gevent.sleep(0.001)
        for event_id, number in numbers.items():  # those of before the migration as well
            assert commit(event_id) == number
        return numbers

    def posted() -> int:
        assert not any(worker.ready() for worker in workers)
        return ask("SELECT count(*) AS count FROM event_ids")[0].count

    workers = [gevent.spawn(posting, worker) for worker in range(3)]
    until(posted, "an event before the migration")
    before = posted()
    flask_migrate.upgrade()
    enough = posted() + 50
    until(lambda: posted() >= enough, "events after the migration")
    stop.append(True)
    numbers = sorted(number for worker in workers for number in worker.get().values())
    assert 0 < before < len(numbers)
    assert numbers == list(range(1, len(numbers) + 1))
    counts = ask("SELECT count(*) AS ids, count(DISTINCT event_id) AS ids_apart FROM event_ids")
    assert [tuple(row) for row in counts] == [(len(numbers), len(numbers))]


def test_old_table_is_the_first_partition(engine, ask, post):
    with autocommit(engine) as connection:
        post(connection, "e-1")
    flask_migrate.upgrade()
    today = datetime.now(UTC)
    with engine.begin() as connection:
        first, *others = partitions.partitions(connection, partitions.EVENT_IDS)
        assert (first.day, first.holds_earlier) == (today.date() + timedelta(days=2), True)
        assert [partition.day for partition in others][-1] == today.date() + timedelta(days=13)
        assert max(partitions.create(connection, today.date(), 20)) == today.date() + timedelta(days=19)
        assert not partitions.expired(connection, today + timedelta(days=2), partitions.EVENT_IDS)
    with autocommit(engine) as connection:
        assert post(connection, "e-1") == 1
        assert post(connection, "e-2", today + timedelta(days=3)) == 2
    pruned = run_upkeep_at(engine, today + timedelta(days=6), timedelta(days=90))
    assert pruned.ids[0].day == first.day
    assert [row.event_id for row in ask("SELECT event_id FROM event_ids")] == ["e-2"]


def test_empty_table_is_replaced(engine):
    flask_migrate.upgrade()
    with engine.connect() as connection:
        first = partitions.partitions(connection, partitions.EVENT_IDS)[0]
    assert (first.day, first.holds_earlier) == (datetime.now(UTC).date(), False)


def test_ids_of_future_days_are_redated(old, engine, ask, post):
    with autocommit(engine) as connection:
        post(connection, "e-1", datetime.now(UTC) + timedelta(days=4))
    refused = old.test_cli_runner().invoke(args=["db", "upgrade"])
    assert (refused.exit_code, "run `flask events redate` first" in refused.output) == (1, True)
    assert old.test_cli_runner().invoke(args=["events", "redate"]).exit_code == 0
    flask_migrate.upgrade()
    [row] = ask("SELECT ids.received_at = events.received_at AS same FROM event_ids AS ids, events")
    assert row.same


def test_downgrade_keeps_the_ids(engine, ask, post):
    with autocommit(engine) as connection:
        post(connection, "e-1")
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision=BEFORE)
    with autocommit(engine) as connection:
        assert post(connection, "e-1") == 1
        assert post(connection, "e-2") == 2
    flask_migrate.upgrade()
    assert [row.seq for row in ask("SELECT seq FROM event_ids ORDER BY 1")] == [1, 2]
