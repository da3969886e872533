"""PostgreSQL killed or frozen: posts get 503, none is stored twice, and the committer recovers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest
import sqlalchemy
from psycopg2.extensions import connection as Psycopg2Connection
from psycopg2.extensions import cursor as Cursor
from servers import PATIENCE
from sql_runner import app_on, sql_runner
from sqlalchemy import Engine, create_engine, text

from app.errors import OutcomeUnknown, Unavailable
from app.postgres import link
from app.postgres.engines import BACKGROUND_POOL_SIZE, ENGINE_OPTIONS, background_engine
from launcher.postgres import Postgres

from .conftest import outcome


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, environ: dict[str, str]) -> Iterator[Postgres]:
    """A PostgreSQL of our own, which may be ill-treated."""
    server = Postgres(tmp_path_factory.mktemp("ill-treated"))
    app_on(environ, server.start())
    yield server
    server.stop()


@pytest.fixture
def running(server: Postgres) -> Iterator[Postgres]:
    server.start()
    yield server
    server.thaw()


@pytest.fixture
def engine(app, running: Postgres) -> Iterator[Engine]:
    engine = background_engine(url_of(running))
    yield engine
    engine.dispose()


@pytest.fixture
def sql(engine: Engine) -> Callable:
    return sql_runner(engine)


def url_of(server: Postgres) -> str:
    return server.url.replace("postgresql://", "postgresql+psycopg2://")


def test_restart_is_waited_for(committer, running, events, log):
    assert outcome(committer, events(1)) == [1]
    committer.retry_for = 3 * PATIENCE  # on a busy machine PostgreSQL takes more than 5 s to recover
    running.kill()
    waiting = [gevent.spawn(outcome, committer, events(1)) for _ in range(5)]
    gevent.sleep(0.5)
    running.start()
    assert sorted(greenlet.get() for greenlet in waiting) == [[2], [3], [4], [5], [6]]
    assert len(log()) == 6


def test_outage_refuses_posts_until_it_ends(committer, running, events, log):
    running.kill()
    assert outcome(committer, events(1)) is Unavailable
    assert outcome(committer, events(1)) is Unavailable
    running.start()
    assert outcome(committer, events(1)) == [1]
    assert len(log()) == 1


def test_reads_survive_dead_connections(engine, running):
    def read() -> int:
        with engine.connect() as connection:
            return connection.execute(text("SELECT 1 FROM pg_sleep(0.05)")).scalar_one()

    many = BACKGROUND_POOL_SIZE
    assert [g.get() for g in [gevent.spawn(read) for _ in range(many)]] == [1] * many
    assert engine.pool.checkedin() == many
    running.restart()
    assert [g.get() for g in [gevent.spawn(read) for _ in range(many)]] == [1] * many
    running.kill()
    running.start()
    assert read() == 1


def test_driver_errors_are_recognized(start, engine, running, events, log):
    committer = start(engine)
    committer.retry_for = 0
    assert outcome(committer, events(1)) == [1]

    @sqlalchemy.event.listens_for(engine, "checkout")
    def find_it_dead(connection: Psycopg2Connection, *_: object) -> None:
        running.kill()
        connection.cursor().execute("SELECT 1")

    assert outcome(committer, events(1)) is Unavailable
    sqlalchemy.event.remove(engine, "checkout", find_it_dead)
    running.start()
    committer.retry_for = 5
    assert outcome(committer, events(1)) == [2]
    assert len(log()) == 2


class ShortTimeout(link.TimeoutConnection):
    """Gives up on a silent server soon, so that a test need not wait long."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.silence_timeout = 0.5


@pytest.fixture
def impatient(running: Postgres, watched: type[Cursor]) -> Iterator[Engine]:
    options = ENGINE_OPTIONS | {
        "connect_args": ENGINE_OPTIONS["connect_args"]
        | {"connection_factory": ShortTimeout, "cursor_factory": watched}
    }
    engine = create_engine(url_of(running), **options)
    yield engine
    engine.dispose()


@pytest.fixture
def before_commit() -> list[Callable[[], None]]:
    """What is done, once, when a COMMIT is about to be sent."""
    return []


@pytest.fixture
def watched(before_commit) -> type[Cursor]:
    class Watched(Cursor):
        def execute(self, statement, parameters=None):
            if before_commit and str(statement).endswith("COMMIT"):
                before_commit.pop()()
            return super().execute(statement, parameters)

    return Watched


def test_frozen_server_times_out(start, impatient, running, events, log):
    committer = start(impatient)
    assert outcome(committer, events(1)) == [1]
    running.freeze()
    assert outcome(committer, events(1)) in (Unavailable, OutcomeUnknown)
    assert outcome(committer, events(1)) is Unavailable
    running.thaw()
    assert outcome(committer, events(1)) == [2]
    assert len(log()) == 2


def test_frozen_server_empties_the_queue(start, impatient, running, events, log):
    committer = start(impatient)
    committer.max_batch = 1
    assert outcome(committer, events(1)) == [1]
    running.freeze()
    waiting = [gevent.spawn(outcome, committer, events(1)) for _ in range(50)]
    gevent.joinall(waiting, timeout=PATIENCE)
    assert {greenlet.value for greenlet in waiting} <= {Unavailable, OutcomeUnknown}
    running.thaw()
    assert outcome(committer, events(1)) == [2]
    assert len(log()) == 2


def test_freeze_during_commit_stores_once(start, impatient, running, before_commit, event, log):
    committer = start(impatient)
    before_commit.append(running.freeze)
    with pytest.raises(OutcomeUnknown) as unknown:
        committer.submit([event("e-1")])
    assert unknown.value.retry_after == 2
    running.thaw()
    [again] = committer.submit([event("e-1")]).receipts  # as the answer advises
    assert (again.seq, again.duplicate) == (1, True)
    assert [(row.seq, row.event_id) for row in log()] == [(1, "e-1")]
