"""Gunicorns with real servers behind them, and people who visit them. What a test leaves behind fails it."""

from __future__ import annotations

import functools
import secrets
import sys
from collections.abc import Callable, Iterator

import acme
import psycopg2
import pytest
from redis import Redis
from servers import Server, until
from visitor import Visitor

from launcher.postgres import Postgres
from launcher.valkey import Valkey

# Short, so that tests need not wait; a test that is about one of them sets it itself.
SETTINGS = {
    "PULSE_STATS_UPDATE_INTERVAL": "0.3",
    "PULSE_HEARTBEAT_INTERVAL": "0.5",
    "PULSE_DRAIN_SECONDS": "1",
    # Tests do in a second what takes people a day.
    "PULSE_RATE_LIMIT_LOGIN": "off",
    "PULSE_RATE_LIMIT_EVENTS": "off",
    "PULSE_RATE_LIMIT_BYTES": "off",
    "PULSE_RATE_LIMIT_STREAMS": "off",
    "PULSE_RATE_LIMIT_READS": "off",
}


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """A database with all tables, the workspaces `acme` and `elsewhere` and their people, to be copied."""
    postgres.create_database("template_acme")
    acme.fill(postgres.url_of("template_acme"))
    return "template_acme"


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Of the gunicorns alone: the app within the test process has another one."""
    server = Valkey(tmp_path_factory.mktemp("gunicorns-valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def environ(postgres: Postgres, template: str, valkey: Valkey) -> dict[str, str]:
    """Settings that point to a fresh database with the cast in it, and to an empty Valkey."""
    name = f"acme_{secrets.token_hex(4)}"
    postgres.create_database(name, template)
    with Redis.from_url(valkey.url) as client:
        client.flushall()
    return {
        "DATABASE_URL": postgres.url_of(name),
        "REDIS_URL": valkey.url,
        "PULSE_SECRET_KEY": secrets.token_hex(32),
        **SETTINGS,
    }


@pytest.fixture(scope="module")
def made_servers() -> Iterator[list[Server]]:
    """The servers of this module; in the end they may hold nothing that they did not hold in the beginning."""
    servers: list[Server] = []
    yield servers
    running = [server for server in servers if server.is_running]
    for server in running:
        until(lambda server=server: not server.left_behind(), f"everything let go: {server.left_behind()}")
        server.stop()


@pytest.fixture(scope="module")
def make_server(environ, made_servers, tmp_path_factory) -> Callable[..., Server]:
    """`make_server(workers=1, PULSE_HEARTBEAT_INTERVAL="2")`: one more gunicorn on this module's database."""

    def make(*, workers: int = 2, **changes: str) -> Server:
        log = tmp_path_factory.mktemp("gunicorn") / "gunicorn.log"
        made_servers.append(Server(environ | changes, log, workers))
        made_servers[-1].start()
        return made_servers[-1]

    return make


@pytest.fixture(scope="module")
def shared_server(make_server) -> Server:
    return make_server()


@pytest.fixture
def server(shared_server: Server) -> Server:
    """A gunicorn with two workers, for all tests of a module; one that a test has ended is started again."""
    if not shared_server.is_running:
        shared_server.start()
    return shared_server


@pytest.fixture(autouse=True)
def nothing_left_behind(made_servers: list[Server]) -> Iterator[None]:
    """Afterwards no server has a connection open or an error in its log; the log is shown if a test fails."""
    marks = {server: server.log.stat().st_size for server in made_servers}
    yield
    for server in made_servers:
        with server.log.open() as log:
            log.seek(marks.get(server, 0))
            sys.stdout.write(text := log.read())
        assert "Traceback" not in text, "the server's log has an error"
        until(lambda server=server: not server.open_connections(), "every connection closed by the server")


@pytest.fixture
def sql(environ: dict[str, str]) -> Iterator[Callable[..., list[tuple]]]:
    """`sql("SELECT … %s", value)`: run a statement on the servers' database, commit, and get its rows, if any."""
    connection = psycopg2.connect(environ["DATABASE_URL"], application_name="test")
    connection.autocommit = True

    def run(statement: str, *values: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    yield run
    connection.close()


@pytest.fixture
def visit_at() -> Iterator[Callable[..., Visitor]]:
    """`visit_at(server, "mika")`: a client of that server who has signed in."""
    visitors: list[Visitor] = []

    def make(server: Server, name: str | None = None, *, worker: int | None = None) -> Visitor:
        visitors.append(Visitor(server, worker))
        return visitors[-1].sign_in(name) if name else visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def visit(server: Server, visit_at) -> Callable[..., Visitor]:
    """`visit("mika")`: a client who has signed in; `visit()`: one who has not; `worker=` binds it to a worker."""
    return functools.partial(visit_at, server)


@pytest.fixture
def olivia(visit) -> Visitor:
    return visit("olivia")


@pytest.fixture
def mika(visit) -> Visitor:
    return visit("mika")


@pytest.fixture
def vera(visit) -> Visitor:
    return visit("vera")


@pytest.fixture
def oscar(visit) -> Visitor:
    return visit("oscar@elsewhere.test")
