"""`flask audit protect`: the service's role adds to the audit log, and can neither change nor unguard it."""

from __future__ import annotations

from urllib.parse import quote

import flask_migrate
import psycopg2
import pytest

from app import create_app
from app.audit.protection import hand_over
from app.event_log.partitions import create
from app.extensions import db
from app.settings.config import Settings
from app.workspaces.users import create_user
from app.workspaces.workspace import change_settings, create_workspace

OWNER, SERVICE = "pulse-owner", "pulse-service"
DATABASE = "audit protection"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def admin(postgres):
    """A superuser's connection to a database of the owner's, on which the service works; both roles are new."""
    postgres.create_database(DATABASE)
    connection = psycopg2.connect(postgres.url_of(DATABASE))
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(
        f'CREATE ROLE "{SERVICE}" LOGIN; CREATE ROLE "{OWNER}" LOGIN; GRANT "{SERVICE}" TO "{OWNER}"'
    )
    cursor.execute(f'ALTER DATABASE "{DATABASE}" OWNER TO "{SERVICE}"')
    yield cursor
    cursor.execute(
        f'DROP OWNED BY "{OWNER}", "{SERVICE}" CASCADE; ALTER DATABASE "{DATABASE}" OWNER TO pulse'
    )
    cursor.execute(f'DROP ROLE "{OWNER}", "{SERVICE}"')
    cursor.close()
    connection.close()


@pytest.fixture(scope="module")
def app_of(postgres, environ, admin):
    """`app_of(role)`: the app with that role's DATABASE_URL."""
    made = {}

    def make_app(role):
        if role not in made:
            url = postgres.url_of(DATABASE).replace("//pulse@", f"//{quote(role)}@")
            made[role] = create_app(Settings.from_environ(environ | {"DATABASE_URL": url}))
        return made[role]

    yield make_app
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def protected(app_of, admin):
    """An installation that was the service's alone, moved by the book; the service's app."""
    with app_of(SERVICE).app_context():
        flask_migrate.upgrade()
        owner_id = create_user("ada@acme.test", "Ada", PASSWORD)
        create_workspace("acme", "Acme", "UTC", owner_id)
    refused = protect(app_of)
    assert (refused.exit_code, "could drop the log" in refused.stderr) == (1, True)
    admin.execute(f'ALTER DATABASE "{DATABASE}" OWNER TO "{OWNER}"')
    for _ in range(2):  # once more does no harm
        done = protect(app_of)
        assert done.exit_code == 0, done.output
    return app_of(SERVICE)


def protect(app_of, as_role=OWNER, service=SERVICE):
    return app_of(as_role).test_cli_runner().invoke(args=["audit", "protect", service])


@pytest.fixture
def run(protected):
    """`run(statement)`: as the service; its rows."""

    def execute(statement):
        with protected.app_context(), db.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return result.all() if result.returns_rows else []

    return execute


def test_service_adds_and_reads(protected, run):
    with protected.app_context():
        [(workspace,)] = run("SELECT id FROM workspaces")
        change_settings(workspace, {"strict": True})
    assert run("SELECT action FROM audit_entries ORDER BY id DESC LIMIT 1") == [("settings.changed",)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_entries DISABLE TRIGGER append_only",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON audit_entries",
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET action = 'nothing.happened'",
        "TRUNCATE audit_entries",
        "DROP TABLE audit_entries",
        "ALTER TABLE audit_entries RENAME TO gone",
        "ALTER TABLE audit_entries OWNER TO CURRENT_USER",
        "CREATE OR REPLACE FUNCTION refuse_change_of_audit_entries() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "DROP FUNCTION refuse_change_of_audit_entries() CASCADE",
        "DROP SCHEMA public CASCADE",
        "SET session_replication_role = replica",
        f'SET ROLE "{OWNER}"',
        "CREATE RULE hide AS ON INSERT TO audit_entries DO INSTEAD NOTHING",
    ],
)
def test_service_cannot_change_the_log(run, statement):
    with pytest.raises(Exception, match=r"permission denied|must be owner|append-only"):
        run(statement)


def test_service_manages_partitions(protected, run):
    from datetime import date

    with protected.app_context(), db.engine.begin() as connection:
        assert create(connection, date(2031, 1, 1), 2) == [date(2031, 1, 1), date(2031, 1, 2)]
    run("DROP TABLE events_20310101")


def test_new_tables_go_to_the_service(app_of, protected, run):
    with app_of(OWNER).app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_a_later_version (id bigint PRIMARY KEY)")
        hand_over(connection)
    run("ALTER TABLE of_a_later_version ADD COLUMN more text; DROP TABLE of_a_later_version")


def test_migrations_run_as_the_owner(app_of, protected, run):
    with app_of(OWNER).app_context():
        flask_migrate.downgrade(revision="-1")
        flask_migrate.upgrade()
    owners = run(
        "SELECT DISTINCT relowner::regrole::text, relname = 'audit_entries' FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    assert sorted(owners) == [(f'"{OWNER}"', True), (f'"{SERVICE}"', False)]


@pytest.mark.parametrize(
    ("as_role", "service", "words"),
    [
        (SERVICE, SERVICE, "run this as the role that is to own the log"),
        (OWNER, "nobody-at-all", "There is no role nobody-at-all."),
        (OWNER, "pulse", "is a superuser"),
    ],
)
def test_unsafe_roles_are_refused(app_of, protected, as_role, service, words):
    done = protect(app_of, as_role, service)
    assert (done.exit_code, words in done.stderr) == (1, True)
