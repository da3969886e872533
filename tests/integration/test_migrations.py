"""`flask db upgrade`: from the first migration to the last with data, beside a service that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import flask_migrate
import gevent
import pytest
from flask import Flask
from servers import until
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app import create_app
from app.extensions import db
from app.settings.config import Settings
from launcher.postgres import Postgres

FIRST, BEFORE_BROWSERS = "0001", "0003"  # 0004 adds a column to the sessions, which every request reads
DATA = """
    INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), 'ada@acme.test', 'Ada', '-');
    INSERT INTO workspaces (id, slug, name) VALUES (gen_random_uuid(), 'acme', 'Acme');
    INSERT INTO memberships SELECT workspaces.id, users.id, 'owner' FROM workspaces, users;
    INSERT INTO event_heads (workspace_id, epoch, last_seq) SELECT id, 'a1b2c3d4', 3 FROM workspaces;
    INSERT INTO minute_counts SELECT id, date_trunc('minute', now()), 'message.sent', 3, 0 FROM workspaces;
    INSERT INTO sessions (token_hash, user_id, expires_at) SELECT '\\x01', id, now() + interval '1 day' FROM users;
"""
CHANGED = """
    INSERT INTO audit_entries (workspace_id, at, action, via, details)
    SELECT id, CAST(:at AS timestamptz), 'settings.changed', 'session', CAST(:details AS jsonb) FROM workspaces
"""
NEW_SESSION = "INSERT INTO sessions (token_hash, user_id, expires_at) SELECT :key, id, now() FROM users"


@pytest.fixture
def old(postgres: Postgres, environ: dict[str, str], request) -> Iterator[Callable[[str], Flask]]:
    """`old("0003")`: an app on a database of that revision, with data of the first."""
    apps: list[Flask] = []

    def make(revision: str) -> Flask:
        name = f"migrations_{request.node.name[:40]}"
        postgres.create_database(name, "template0")
        app = create_app(Settings.from_environ(environ | {"DATABASE_URL": postgres.url_of(name)}))
        apps.append(app)
        with app.app_context():
            flask_migrate.upgrade(revision=FIRST)
            with db.engine.begin() as connection:
                connection.exec_driver_sql(DATA)
            flask_migrate.upgrade(revision=revision)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def connect(old) -> Iterator[Callable[[Flask], Connection]]:
    """Connections beside the service's, closed at the end."""
    opened: list[Connection] = []

    def make(app: Flask) -> Connection:
        engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool)
        opened.append(engine.connect())
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


def upgrade(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()


def revision(connection: Connection) -> str:
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    connection.commit()
    return found


def test_migrations_keep_first_data(old, connect):
    app = old(FIRST)
    upgrade(app)
    connection = connect(app)
    found = connection.exec_driver_sql("""
        SELECT slug, strict, role, email, epoch, last_seq, last_received_at, count, browser
        FROM workspaces
        JOIN memberships ON memberships.workspace_id = workspaces.id JOIN users ON users.id = user_id
        JOIN event_heads ON event_heads.workspace_id = workspaces.id
        JOIN minute_counts ON minute_counts.workspace_id = workspaces.id
        JOIN sessions ON sessions.user_id = users.id
    """).one()
    assert tuple(found) == ("acme", False, "owner", "ada@acme.test", "a1b2c3d4", 3, None, 3, "")


def test_timezone_change_comes_from_audit(old, connect):
    app = old("0012")
    connection = connect(app)
    for at, details in (("2026-01-01", '{"timezone": "UTC"}'), ("2026-02-01", '{"timezone": "Asia/Tokyo"}')):
        connection.execute(text(CHANGED), {"at": at, "details": details})
    connection.execute(text(CHANGED), {"at": "2026-03-01", "details": '{"name": "Acme Inc."}'})
    connection.commit()
    upgrade(app)
    found = connection.exec_driver_sql("SELECT timezone_since FROM workspaces").scalar_one()
    assert found == datetime(2026, 2, 1, tzinfo=UTC)


def test_schema_equals_the_models(old):
    app = old("head")
    with app.app_context():
        flask_migrate.check()  # exits with an error where they differ


def test_migration_yields_to_table_users(old, connect, capfd):
    app = old(BEFORE_BROWSERS)
    reader, writer = connect(app), connect(app)
    reader.exec_driver_sql("SELECT count(*) FROM sessions")  # a long report: its transaction stays open
    upgrading = gevent.spawn(upgrade, app)
    until(lambda: waits_for_a_lock(writer), "the migration waits for the table")
    # Behind a migration that waited for as long as it takes, this would wait too, for as long.
    for number in range(3):
        writer.execute(text(NEW_SESSION), {"key": bytes([7, number])})
        writer.commit()
        assert revision(writer) == BEFORE_BROWSERS
    until(lambda: "A table is in use: trying again" in capfd.readouterr().err, "it says so")
    reader.rollback()
    upgrading.get(timeout=60)
    assert revision(writer) > BEFORE_BROWSERS
    browsers = writer.exec_driver_sql("SELECT browser FROM sessions").scalars().all()
    assert browsers == [""] * 4


def waits_for_a_lock(connection: Connection) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass"
    found = connection.exec_driver_sql(query).scalar_one()
    connection.commit()
    return found > 0


def test_concurrent_migrations_take_turns(old, connect, capfd):
    app = old(BEFORE_BROWSERS)
    holder = connect(app)
    holder.exec_driver_sql(f"SELECT pg_advisory_lock({0x50756C7365})")
    holder.commit()
    upgrading = gevent.spawn(upgrade, app)
    until(lambda: "Another process applies migrations" in capfd.readouterr().err, "it says so")
    assert revision(holder) == BEFORE_BROWSERS
    holder.close()
    upgrading.get(timeout=60)


def test_upgrade_prints_each_migration(old):
    app = old("0007")
    output = app.test_cli_runner().invoke(args=["db", "upgrade"]).output.splitlines()
    assert output[0].startswith("0008  ")
    assert output[-1] == f"at {output[-2].split()[0]}"
    assert len(output) == int(output[-2].split()[0]) - 7 + 1


def test_newer_schema_is_left_alone(old):
    app = old("head")
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    done = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert (done.exit_code, "newer than this version's" in done.output) == (0, True)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_must_be_utf8(postgres, environ, encoding):
    name = f"encoded_{encoding.lower()}"
    postgres.create_database(name, "template0", f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'")
    app = create_app(Settings.from_environ(environ | {"DATABASE_URL": postgres.url_of(name)}))
    with app.app_context():
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert done.exit_code == 1
        assert f"encoded as {encoding}, not UTF8: make another one" in done.output
        assert db.inspect(db.engine).get_table_names() == []
        assert "BAD   Encoding: " + encoding in app.test_cli_runner().invoke(args=["doctor"]).output
        found = app.test_client().get("/readyz")
        assert (found.status_code, encoding in found.get_json()["checks"]["database"]) == (503, True)
        app.extensions["pulse"].stop()
        db.engine.dispose()
