"""A database of its own, in which partitions are created and dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from empty_logs import new_workspace
from flask import Flask
from sql_runner import app_on, sql_runner
from sqlalchemy import Engine, Row, text

from app.domain.event import NewEvent
from app.extensions import db
from app.ingest.transaction import commit
from launcher.postgres import Postgres

MIKA = UUID(int=2)


@pytest.fixture(scope="package")
def flask_app(postgres: Postgres, environ: dict[str, str]) -> Iterator[Flask]:
    postgres.create_database("retention")
    app = app_on(environ, postgres.url_of("retention"))
    with app.app_context():
        engine = db.engine
    yield app
    assert engine.pool.checkedout() == 0, "a database connection was not given back"
    engine.dispose()


@pytest.fixture
def engine(flask_app: Flask) -> Engine:
    """Without days, and without workspaces and all that belongs to them."""
    with flask_app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        for table in ("events", "event_ids"):
            leaves = text(f"SELECT relid FROM pg_partition_tree('{table}') WHERE isleaf AND level > 0")  # noqa: S608
            for (partition,) in connection.execute(leaves).all():
                connection.execute(text(f"DROP TABLE IF EXISTS {partition}"))
        connection.execute(text("DELETE FROM workspaces"))
    return engine


@pytest.fixture
def ask(engine: Engine) -> Callable[..., list[Row]]:
    """`ask("SELECT … :name", name=…)`: run a statement in a transaction of its own; its rows, if it has any."""
    return sql_runner(engine)


@pytest.fixture
def days(ask) -> Callable[[], list[str]]:
    """The days that events can be received on."""
    listing = "SELECT right(relid::text, 8) AS day FROM pg_partition_tree('events') WHERE isleaf ORDER BY 1"
    return lambda: [row.day for row in ask(listing)]


@pytest.fixture
def workspace(ask) -> UUID:
    return new_workspace(ask)


@pytest.fixture
def post(engine: Engine, workspace: UUID) -> Callable[..., None]:
    """`post(NOON, "message.sent", messageId="m-1")`: an event that is received then."""

    def run(received_at: datetime, event_type: str = "user.active", session: str | None = None, **data: Any):
        event = NewEvent(workspace, str(uuid4()), event_type, data, MIKA, session)
        [outcome] = commit(engine, [[event]], received_at).outcomes
        assert isinstance(outcome, list)

    return run
