"""A database of its own with tables, which a test may spoil, and what `/readyz` and doctor say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from app import create_app
from app.extensions import db
from app.settings.config import Settings
from launcher.postgres import Postgres

NAME = "readiness"


@pytest.fixture(scope="module")
def database(postgres: Postgres, environ: dict[str, str]) -> str:
    """The URL of a database of its own, with tables, which a test may spoil."""
    postgres.create_database(NAME, "template0")
    url = postgres.url_of(NAME)
    app = create_app(Settings.from_environ(environ | {"DATABASE_URL": url}))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    app.extensions["pulse"].stop()
    return url


@pytest.fixture
def spoil(database: str) -> Iterator[Callable[..., None]]:
    """`spoil(statement, undo)`: spoil the database until the test ends."""
    engine = create_engine(database.replace("postgresql", "postgresql+psycopg2", 1), poolclass=NullPool)
    undone: list[str] = []

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text("SET TRANSACTION READ WRITE"))
            connection.execute(text(statement))

    def spoil(statement: str, undo: str) -> None:
        undone.append(undo)
        run(statement)

    yield spoil
    for statement in reversed(undone):
        run(statement)


@pytest.fixture
def look(make_app: Callable[..., Flask], database: str) -> Callable[..., tuple[int, dict[str, str], str]]:
    """`look(DATABASE_URL=…)`: the status and checks of /readyz, and what doctor prints, on this database."""

    def look(**changes: str) -> tuple[int, dict[str, str], str]:
        app = make_app(**{"DATABASE_URL": database} | changes)
        answer = app.test_client().get("/readyz")
        said = app.test_cli_runner().invoke(args=["doctor"]).output
        return answer.status_code, answer.get_json()["checks"], said

    return look
