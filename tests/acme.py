"""The workspaces `acme` and `elsewhere` with their people, in a database of gunicorn's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import flask_migrate
from sqlalchemy import Engine, text
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


def refill(url: str) -> None:
    """Replace all rows by those that `fill` adds; servers may run on the database meanwhile."""
    with _app_context(url):
        empty_tables(db.engine)
        ensure_demo(PASSWORD)


def empty_tables(engine: Engine) -> None:
    """Delete every row. DELETE, not TRUNCATE: on tables this small it is many times faster."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = 'replica'"))  # the log's guard rests
        connection.execute(db.metadata.tables["audit_entries"].delete())
        # No longer than that: a server that is still stopping may add a row, which has to go with its workspace.
        connection.execute(text("SET LOCAL session_replication_role = 'origin'"))
        for table in reversed(db.metadata.sorted_tables):
            if table.name != "audit_entries":
                connection.execute(table.delete())


@contextlib.contextmanager
def _app_context(url: str) -> Iterator[None]:
    settings = {"DATABASE_URL": url, "REDIS_URL": "unix:///nowhere", "PULSE_SECRET_KEY": "x" * 32}
    app = create_app(Settings.from_environ(settings))
    with app.app_context():
        yield
        db.engine.dispose()
