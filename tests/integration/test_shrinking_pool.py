"""Connections to PostgreSQL: few at rest, bounded in a rush, and closed again after it."""

from __future__ import annotations

import gevent
import pytest
from servers import until
from sqlalchemy import Engine, text

from app.extensions import db
from app.postgres.engines import CONNECTIONS_PER_WORKER, worker_engines
from app.postgres.shrinking_pool import shrink_all

STOCK = 100 - 3  # PostgreSQL's own max_connections, less those for superusers
README_WORKERS = 4
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulse-pool-test'"


@pytest.fixture
def engines(app):
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    made = worker_engines(f"{url}{'&' if '?' in url else '?'}application_name=pulse-pool-test")
    yield list(made.values())
    for engine in made.values():
        engine.dispose()


def rush(engines: list[Engine], many: int = 60) -> None:
    def read(engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_sleep(0.02)"))

    reading = [gevent.spawn(read, engine) for engine in engines for _ in range(many)]
    gevent.joinall(reading, raise_error=True)


def test_pools_shrink_after_a_rush(engines, sql):
    def until_open(count: int, what: str) -> None:  # a backend ends after its connection
        until(lambda: sql(OPEN)[0][0] == count, what)

    rush(engines)
    assert sql(OPEN)[0][0] == sum(engine.pool.checkedin() for engine in engines) > len(engines)
    shrink_all(engines)  # some of these may have been needed since the look before, of which there was none
    rush(engines, many=1)
    shrink_all(engines)
    until_open(len(engines), "one connection each, needed since the last look")
    shrink_all(engines)
    until_open(0, "no connection")
    rush(engines)
    assert sql(OPEN)[0][0] == sum(engine.pool.checkedin() for engine in engines)


def test_connections_of_a_worker_are_bounded(app, engines):
    with app.app_context():
        pools = [db.engine.pool, *(engine.pool for engine in engines)]
    assert sum(pool.size() + pool._max_overflow for pool in pools) == CONNECTIONS_PER_WORKER


def test_readme_workers_fit_postgresql():
    assert README_WORKERS * CONNECTIONS_PER_WORKER <= STOCK - 5, (
        "psql, commands and a backup need some as well"
    )


def test_pool_writes_no_lines_of_ours(engines, caplog):
    with caplog.at_level("INFO", "app"), engines[0].connect() as connection:
        connection.invalidate()
    assert [record.name for record in caplog.records if record.name.startswith("app")] == []
