"""The embedded PostgreSQL: it starts, stops, keeps its data, and is gone when it is stopped."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
from launcher_support import ask
from sqlalchemy import create_engine, text

from launcher.postgres import Postgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres")
    yield server
    server.stop()


def test_url_opens_an_empty_database(postgres: Postgres):
    with create_engine(
        postgres.start().replace("postgresql", "postgresql+psycopg2", 1)
    ).connect() as connection:
        (version,) = connection.execute(text("SHOW server_version_num")).one()
        tables = connection.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).all()
    assert (version[:2], tables) == ("18", [])


def test_commits_are_durable(postgres: Postgres):
    url = postgres.start()
    settings = [ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert settings == [[("on",)]] * 3


def test_locale_of_the_machine_is_ignored(postgres: Postgres, monkeypatch):
    monkeypatch.setenv("LANG", "xx_XX.UTF-8")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert ask(postgres.start(), "SELECT upper('é'), current_setting('server_encoding')") == [("É", "UTF8")]


def test_client_environment_is_ignored(postgres: Postgres, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    assert ask(postgres.start(), "SELECT 1") == [(1,)]


def test_stop_ends_every_process(postgres: Postgres):
    url = postgres.start()
    family = [psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children()]
    postgres.stop()
    assert not any(process.is_running() for process in family)
    assert (postgres.pid, postgres.is_running) == (None, False)
    with pytest.raises(psycopg2.OperationalError):
        ask(url, "SELECT 1")


def test_restart_keeps_url_and_data(postgres: Postgres):
    url = postgres.start()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    first = postgres.pid
    assert postgres.restart() == url
    assert postgres.pid != first
    assert ask(url, "SELECT number FROM kept") == [(7,)]


def test_start_is_idempotent(postgres: Postgres):
    url, pid = postgres.start(), postgres.pid
    assert (postgres.start(), postgres.pid) == (url, pid)


def test_stop_closes_open_connections(postgres: Postgres):
    connection = psycopg2.connect(postgres.start())
    connection.cursor().execute("SELECT 1")
    postgres.stop()
    assert not postgres.is_running
    connection.close()


def test_create_database_is_idempotent(postgres: Postgres):
    postgres.start()
    postgres.create_database("other one")
    postgres.create_database("other one")
    assert ask(postgres.url_of("other one"), "SELECT current_database()") == [("other one",)]


def test_thawed_server_responds_again(postgres: Postgres):
    url = postgres.start()
    postgres.freeze()
    # In a process of its own: while it connects, nothing but its end interrupts psycopg2.
    connect = [sys.executable, "-c", "import psycopg2, sys; psycopg2.connect(sys.argv[1])", url]
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(connect, timeout=2)
    postgres.thaw()
    assert ask(url, "SELECT 1") == [(1,)]


def test_frozen_server_can_be_stopped(postgres: Postgres):
    postgres.start()
    postgres.freeze()
    postgres.stop()
    assert not postgres.is_running
