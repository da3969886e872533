"""The embedded PostgreSQL: it starts, stops, keeps its data, and is gone when it is stopped."""

from collections.abc import Iterator
from pathlib import Path

import gevent
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


def test_the_url_opens_an_empty_database_of_version_18(postgres: Postgres):
    with create_engine(
        postgres.start().replace("postgresql", "postgresql+psycopg2", 1)
    ).connect() as connection:
        (version,) = connection.execute(text("SHOW server_version_num")).one()
        tables = connection.execute(text("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).all()
    assert (version[:2], tables) == ("18", [])


def test_what_is_acknowledged_is_on_disk(postgres: Postgres):
    url = postgres.start()
    settings = [ask(url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert settings == [[("on",)]] * 3


def test_texts_sort_and_fold_alike_whatever_the_machine_s_locale(postgres: Postgres, monkeypatch):
    monkeypatch.setenv("LANG", "xx_XX.UTF-8")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert ask(postgres.start(), "SELECT upper('é'), current_setting('server_encoding')") == [("É", "UTF8")]


def test_the_client_s_own_settings_do_not_lead_astray(postgres: Postgres, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    assert ask(postgres.start(), "SELECT 1") == [(1,)]


def test_a_stopped_server_leaves_no_process_and_no_open_door(postgres: Postgres):
    url = postgres.start()
    family = [psutil.Process(postgres.pid), *psutil.Process(postgres.pid).children()]
    postgres.stop()
    assert not any(process.is_running() for process in family)
    assert (postgres.pid, postgres.is_running) == (None, False)
    with pytest.raises(psycopg2.OperationalError):
        ask(url, "SELECT 1")


def test_a_restart_keeps_the_url_and_the_data(postgres: Postgres):
    url = postgres.start()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    first = postgres.pid
    assert postgres.restart() == url
    assert postgres.pid != first
    assert ask(url, "SELECT number FROM kept") == [(7,)]


def test_starting_a_running_server_changes_nothing(postgres: Postgres):
    url, pid = postgres.start(), postgres.pid
    assert (postgres.start(), postgres.pid) == (url, pid)


def test_a_stop_does_not_wait_for_open_connections(postgres: Postgres):
    connection = psycopg2.connect(postgres.start())
    connection.cursor().execute("SELECT 1")
    postgres.stop()
    assert not postgres.is_running
    connection.close()


def test_more_databases_can_be_made_and_making_one_twice_is_harmless(postgres: Postgres):
    postgres.start()
    postgres.create_database("other one")
    postgres.create_database("other one")
    assert ask(postgres.url_of("other one"), "SELECT current_database()") == [("other one",)]


def test_a_frozen_server_answers_again_once_thawed(postgres: Postgres):
    url = postgres.start()
    postgres.freeze()
    # A cooperative connection has no connect_timeout of its own.
    with pytest.raises(gevent.Timeout), gevent.Timeout(1):
        ask(url, "SELECT 1")
    postgres.thaw()
    assert ask(url, "SELECT 1") == [(1,)]


def test_a_frozen_server_can_be_stopped(postgres: Postgres):
    postgres.start()
    postgres.freeze()
    postgres.stop()
    assert not postgres.is_running
