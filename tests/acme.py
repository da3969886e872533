"""The workspaces `acme` and `elsewhere` with their people, in a database of gunicorn's."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import flask_migrate
from row_copies import RowCopies
from sqlalchemy import Engine
from visitor import PASSWORD

from app import create_app
from app.extensions import db
from app.settings.config import Settings
from app.workspaces.demo import ensure_demo


def fill(url: str) -> None:
    """Migrate an empty database, and add the cast."""
    with _app_context(url):
        flask_migrate.upgrade()
        ensure_demo(PASSWORD)


def rows(url: str) -> RowCopies:
    """Replace all rows by those of the cast; they can be stored again without hashing seven passwords."""
    with _app_context(url):
        empty_tables(db.engine)
        ensure_demo(PASSWORD)
        return RowCopies(db.engine)


def refill(url: str, copies: RowCopies) -> None:
    """Replace all rows by these; servers may run on the database meanwhile."""
    with _app_context(url):
        empty_tables(db.engine)
        copies.store(db.engine)


def empty_tables(engine: Engine) -> None:
    """Delete every row. DELETE, not TRUNCATE: on tables this small it is many times faster."""
    with engine.begin() as connection:
        connection.exec_driver_sql(_emptying())


@functools.cache
def _emptying() -> str:
    """One script: every test waits for it, and a round trip for each table takes three times as long."""
    tables = [table.name for table in reversed(db.metadata.sorted_tables) if table.name != "audit_entries"]
    return ";".join(
        [
            "SET LOCAL session_replication_role = 'replica'",  # the log's guard rests
            "DELETE FROM audit_entries",
            # No longer than that: a server that is still stopping may add a row, which has to go with its
            # workspace.
            "SET LOCAL session_replication_role = 'origin'",
            *(f"DELETE FROM {table}" for table in tables),  # noqa: S608
        ]
    )


@contextlib.contextmanager
def _app_context(url: str) -> Iterator[None]:
    settings = {"DATABASE_URL": url, "REDIS_URL": "unix:///nowhere", "PULSE_SECRET_KEY": "x" * 32}
    app = create_app(Settings.from_environ(settings))
    with app.app_context():
        yield
        db.engine.dispose()
