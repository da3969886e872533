"""An upgrade from the release before, whose workers go on posting meanwhile, keeps events, ids and figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import flask_migrate
import gevent
import pytest
import recount
from empty_logs import new_workspace
from flask import Flask
from projections import recounted, stored
from servers import until
from sql_runner import app_on, commit_again, sql_runner
from sqlalchemy import Engine, Row, text

from app.domain.event import NewEvent
from app.event_log import partitions
from app.extensions import db
from app.ingest.transaction import commit
from app.insights.tick import compute as figures
from launcher.postgres import Postgres

RELEASE = "0009"
MIKA = UUID(int=2)
# What a worker of that release did for a post: its statements, as they were.
LOCK = "SELECT FROM event_heads WHERE workspace_id = :workspace ORDER BY workspace_id FOR UPDATE"
STATE = """
    SELECT last_seq, taken.seq FROM event_heads LEFT JOIN event_ids AS taken
    ON taken.workspace_id = event_heads.workspace_id AND taken.event_id = :event_id
    WHERE event_heads.workspace_id = :workspace
"""
APPEND = """
    WITH heads AS (
        UPDATE event_heads SET last_seq = :seq, last_received_at = :now WHERE workspace_id = :workspace
    ), ids AS (
        INSERT INTO event_ids (workspace_id, event_id, seq, fingerprint, occurred_at, received_at)
        VALUES (:workspace, :event_id, :seq, :fingerprint, :now, :now)
    ), minutes AS (
        INSERT INTO minute_counts AS m (workspace_id, minute, event_type, count)
        VALUES (:workspace, date_trunc('minute', CAST(:now AS timestamptz)), 'message.sent', 1)
        ON CONFLICT (workspace_id, minute, event_type) DO UPDATE SET count = m.count + excluded.count
    ), users AS (
        INSERT INTO user_presence AS p (workspace_id, user_id, last_seen) VALUES (:workspace, :user, :now)
        ON CONFLICT (workspace_id, user_id) DO UPDATE SET last_seen = excluded.last_seen
    ), sessions AS (
        INSERT INTO session_presence AS p (workspace_id, session_id, last_seen) VALUES (:workspace, 's-1', :now)
        ON CONFLICT (workspace_id, session_id) DO UPDATE SET last_seen = excluded.last_seen
    ), channels AS (
        INSERT INTO channels AS c (workspace_id, channel_id, last_message_at) VALUES (:workspace, 'general', :now)
        ON CONFLICT (workspace_id, channel_id) DO UPDATE SET last_message_at = excluded.last_message_at
    )
    INSERT INTO events (workspace_id, seq, event_id, event_type, event_data, user_id, session_id, occurred_at,
                        address, user_agent, received_at)
    VALUES (:workspace, :seq, :event_id, 'message.sent', '{"channelId": "general"}', :user, 's-1', :now,
            NULL, NULL, :now)
"""
FINGERPRINT = hashlib.blake2b(
    "\0".join(("message.sent", '{"channelId":"general"}', str(MIKA), "s-1", "", "")).encode(), digest_size=16
).digest()

Sql = Callable[..., list[Row]]


@pytest.fixture
def old(postgres: Postgres, environ: dict[str, str]) -> Iterator[Flask]:
    """An app on a database with the schema of that release."""
    postgres.create_database("upgrade", "template0")
    app = app_on(environ, postgres.url_of("upgrade"), RELEASE)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def engine(old: Flask) -> Engine:
    return db.engine


@pytest.fixture
def sql(engine: Engine) -> Sql:
    return sql_runner(engine)


def old_post(engine: Engine, workspace: UUID, event_id: str) -> int:
    """Post a message as a worker of that release; returns its number."""
    with engine.begin() as connection:
        connection.execute(text(LOCK), {"workspace": workspace})
        state = connection.execute(text(STATE), {"workspace": workspace, "event_id": event_id})
        last, taken = state.one()
        if taken is None:
            row = {"workspace": workspace, "event_id": event_id, "seq": last + 1, "user": MIKA}
            row |= {"fingerprint": FINGERPRINT, "now": now()}
            connection.execute(text(APPEND), row)
    return taken or last + 1


def new_post(engine: Engine, workspace: UUID, event_id: str):
    """Post the same message as a worker of this version; returns its receipt."""
    event = NewEvent(workspace, event_id, "message.sent", {"channelId": "general"}, MIKA, "s-1")
    [[receipt]] = commit(engine, [[event]], now()).outcomes
    return receipt


def now() -> datetime:
    moment = datetime.now(UTC)  # kept to the millisecond
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_upgrade_keeps_data_and_figures(engine: Engine, sql: Sql):
    workspace = new_workspace(sql)
    with engine.begin() as connection:
        partitions.create(connection, now().date(), 3)
    numbers = {f"before-{number}": old_post(engine, workspace, f"before-{number}") for number in range(20)}
    upgraded = False

    def old_worker() -> None:
        number = 0
        while not upgraded:
            event_id = f"during-{number}"
            numbers[event_id] = commit_again(partial(old_post, engine, workspace, event_id))
            number += 1
            gevent.sleep(0.005)

    worker = gevent.spawn(old_worker)
    until(lambda: "during-3" in numbers, "posts of the old worker")
    flask_migrate.upgrade()
    while_it_ran = len(numbers)
    until(lambda: len(numbers) > while_it_ran + 3, "posts of the old worker on the new schema")
    upgraded = True
    worker.get()

    for event_id, seq in numbers.items():
        receipt = new_post(engine, workspace, event_id)
        assert (receipt.seq, receipt.duplicate) == (seq, True), event_id
    assert new_post(engine, workspace, "after").seq == len(numbers) + 1
    assert old_post(engine, workspace, "after") == len(numbers) + 1

    log = sql(recount.READ, workspace=workspace)
    assert [(row.seq, row.event_id) for row in log] == list(enumerate([*numbers, "after"], 1))
    last = log[-1].received_at
    assert stored(sql, workspace, last) == recounted(log, last)
    then = last + timedelta(seconds=1)
    shown = dict(figures.compute(engine, [workspace], then)[workspace].payload)
    del shown["timestamp"]
    assert shown == recount.figures(log, then, "UTC")
