"""SQL beside the app: transactions of their own, apps on databases of their own, what an engine executes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import flask_migrate
import gevent
import psycopg2
from flask import Flask
from sqlalchemy import Engine, Row, event, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.extensions import db
from app.ingest.commit_errors import is_row_lock_failure
from app.settings.config import Settings

Value = TypeVar("Value")


def sql_runner(engine: Engine) -> Callable[..., list[Row]]:
    """`run("SELECT … :name", name=…)`: run a statement, commit, and get its rows if it has any."""

    def run(statement: str, **values: object) -> list[Row]:
        with engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []

    return run


def commit_again(post: Callable[[], Value]) -> Value:
    """Post as a worker does, whose committer tries again what PostgreSQL has rolled back because of a lock.

    A post and a migration lock two tables in different orders: PostgreSQL ends that deadlock by undoing either.
    """
    while True:
        try:
            return post()
        except (psycopg2.Error, DBAPIError) as error:
            if not is_row_lock_failure(error):
                raise


def app_on(environ: Mapping[str, str], database_url: str, revision: str = "head") -> Flask:
    """An app on a database of its own, with the schema of that revision."""
    app = create_app(Settings.from_environ({**environ, "DATABASE_URL": database_url}))
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
        db.engine.dispose()
    return app


@contextmanager
def executed(engine: Engine | type[Engine], *, by_jobs: bool = True) -> Iterator[list[str]]:
    """The statements that an engine, or any, executes within this; without `by_jobs`, in this greenlet only."""
    seen: list[str] = []
    here = gevent.getcurrent()

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        if by_jobs or gevent.getcurrent() is here:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
