"""PostgreSQL by several hosts: the first that serves is used, and a silent one delays nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from servers import unused_port
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from app.postgres.database_away import without_addresses
from app.postgres.engines import background_engine
from app.settings.config import Settings

NEEDED = {"REDIS_URL": "redis://", "PULSE_SECRET_KEY": "-" * 32}


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a host that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener.getsockname()[1]


@pytest.fixture
def ask(app, database_url):
    """`ask("h1:1,h2:2", "?…")`: what the server says that answers behind these hosts; the real one is the last."""
    place = make_url(database_url).query["host"].replace("/", "%2F")
    engines = []

    def ask(hosts: str, statement: str = "SELECT 'served'", query: str = "") -> str:
        url = f"postgresql://pulse@{hosts},{place}:5432/pulse{query}"
        engines.append(background_engine(Settings.from_environ(NEEDED | {"DATABASE_URL": url}).database_url))
        with engines[-1].connect() as connection:
            return connection.execute(text(statement)).scalar_one()

    yield ask
    for engine in engines:
        engine.dispose()


def test_refusing_host_is_passed_over(ask):
    assert ask(f"127.0.0.1:{unused_port()},localhost:{unused_port()}") == "served"


def test_silent_host_is_passed_over(ask, silent):
    assert ask(f"127.0.0.1:{silent}") == "served"


def test_unknown_name_is_passed_over(ask):
    assert ask("nowhere.invalid") == "served"


def test_wrong_kind_of_server_is_passed_over(ask, silent):
    with pytest.raises(OperationalError, match="not in hot standby mode"):
        ask(f"127.0.0.1:{unused_port()}", query="?target_session_attrs=standby")
    assert ask(f"127.0.0.1:{unused_port()}", query="?target_session_attrs=prefer-standby") == "served"


def test_error_names_all_hosts(app, silent):
    port = unused_port()
    url = f"postgresql://pulse@127.0.0.1:{silent},localhost:{port}/pulse"
    engine = background_engine(Settings.from_environ(NEEDED | {"DATABASE_URL": url}).database_url)
    with pytest.raises(OperationalError) as error, engine.connect():
        pass
    said = str(error.value.orig)
    assert said.startswith(
        'connection to server at "127.0.0.1" failed: the database has been silent for 2.0 '
    )
    shown = without_addresses(said)
    assert "the database has been silent for 2.0 seconds; Connection refused" in shown
    assert "127.0.0.1" not in shown
    assert "localhost" not in shown


def test_options_of_the_url_are_added(ask):
    options = "?options=-csearch_path%3Danalytics%20-c%20timezone%3DAsia%2FTokyo&application_name=mine"
    found = ask(
        f"127.0.0.1:{unused_port()}",
        "SELECT concat_ws(' ', current_setting('search_path'), current_setting('statement_timeout'),"
        " current_setting('timezone'), current_setting('application_name'), current_setting('client_encoding'))",
        options,
    )
    assert found == "analytics 10s UTC mine UTF8"
