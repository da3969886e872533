"""Scripts: statements are prepared once a connection, and an error discards the connection."""

from __future__ import annotations

import pytest
from empty_logs import new_workspace
from psycopg2.errors import DuplicatePreparedStatement
from servers import until
from sqlalchemy.exc import DataError

from app.domain.event import NewEvent
from app.ingest.committer import Committer
from app.postgres.engines import background_engine
from app.postgres.link import lift_timeouts
from app.postgres.statements import Script, Statement, autocommit

SUM = Statement("sum_of_two", "SELECT $1::int + $2::int, '100 %'")
ADD_WORKSPACE = Statement(
    "add_workspace", "INSERT INTO workspaces (id, slug, name) VALUES (gen_random_uuid(), $1::text, 'Half')"
)
PLANS = "SELECT name, prepare_time, generic_plans, custom_plans FROM pg_prepared_statements"


@pytest.fixture
def engine(app):
    """As a worker's own."""
    engine = background_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    yield engine
    engine.dispose()


def test_statement_is_prepared_once(engine):
    with autocommit(engine) as connection:
        assert [_sum(connection, number, 1) for number in range(10)] == list(range(1, 11))
        [plan] = connection.exec_driver_sql(PLANS)
    with autocommit(engine) as connection:
        assert _sum(connection, 1, 1) == 2
        [same] = connection.exec_driver_sql(PLANS)
    assert (plan.name, plan.generic_plans, plan.custom_plans) == ("sum_of_two", 10, 0)
    assert (same.prepare_time, same.generic_plans) == (plan.prepare_time, 11)


def test_preparation_is_per_connection(engine):
    with autocommit(engine) as one, autocommit(engine) as other:
        assert _sum(one, 1, 2) == _sum(other, 1, 2) == 3


def test_same_name_different_statement(engine):
    script = Script()
    script.add(SUM, 1, 1)
    script.add(Statement("sum_of_two", "SELECT $1::text"), "another")
    with pytest.raises(DuplicatePreparedStatement), autocommit(engine) as connection:
        script.run(connection)


def test_error_replaces_the_connection(engine):
    with pytest.raises(Exception, match="out of range"), autocommit(engine) as connection:
        _sum(connection, 2**31 - 1, 1)
    with autocommit(engine) as connection:
        assert _sum(connection, 1, 1) == 2


def test_error_closes_unlimited_connection(engine, sql):
    """With it go the advisory locks that it holds."""

    def lock_and_fail():
        with autocommit(engine) as connection:
            lift_timeouts(connection)
            connection.exec_driver_sql("SELECT pg_advisory_lock(4711)")
            connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(DataError) as failed:
        lock_and_fail()
    until(lambda: not sql("SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711"), "no lock")
    assert failed.value, "held until here, and with it all that the failure's frames hold"


def test_rollback_drops_session_settings(engine, sql):
    def begin_and_fail():
        with autocommit(engine) as connection:
            script = Script()
            script.begin()
            script.add(ADD_WORKSPACE, "half")
            script.run(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    assert sql("SELECT FROM workspaces WHERE slug = 'half'") == []


def test_migration_invalidates_no_commit(engine, sql, cast):
    """PostgreSQL refuses a prepared statement whose columns have got other types."""
    workspace = new_workspace(sql)
    committer = Committer(engine, lambda news: None)
    committer.start()
    try:
        for kind, number in (("text", 1), ("varchar(40)", 2), ("text", 3)):
            sql(f"ALTER TABLE event_heads ALTER COLUMN epoch TYPE {kind}")
            events = [NewEvent(workspace, f"e-{number}", "user.active", {}, cast["mika"])]
            assert [receipt.seq for receipt in committer.submit(events).receipts] == [number]
    finally:
        committer.stop(1)


def _sum(connection, one: int, other: int) -> int:
    script = Script()
    script.add(SUM, one, other)
    [[total, _]] = script.run(connection)
    return total
