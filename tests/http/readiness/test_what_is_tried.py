"""GET /readyz and `flask doctor` of a server that answers, and cannot do what the service needs."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from flask import Flask
from scripts import REALTIME
from sqlalchemy import make_url

from app.observability.readiness import ReadinessChecks


def test_read_only_database_is_not_ready(look, spoil):
    spoil(
        "ALTER DATABASE readiness SET default_transaction_read_only = on",
        "ALTER DATABASE readiness RESET default_transaction_read_only",
    )
    status, checks, said = look()
    assert (status, checks["migrations"]) == (503, "ok")
    assert checks["database"].startswith("transactions are read-only: see why default_transaction_read_only")
    assert "BAD   Writes: transactions are read-only" in said


def test_role_without_partitions_is_not_ready(look, spoil, database):
    spoil("CREATE ROLE narrow LOGIN", "DROP ROLE narrow")
    spoil(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO narrow",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM narrow",
    )
    status, checks, said = look(DATABASE_URL=make_url(database).set(username="narrow").render_as_string())
    assert status == 503
    assert "narrow may not make partitions of events, which belongs to pulse" in checks["database"]
    assert "`GRANT pulse TO narrow`" in said


def test_missing_time_limits_are_told(look, database):
    status, checks, said = look(DATABASE_URL=f"{database}&options=-c%20statement_timeout%3D0")
    assert status == 200
    assert checks["database"].startswith("statement_timeout is 0: a query may run for ever")
    assert "mind  Time limits: statement_timeout is 0" in said


def test_refusal_of_postgresql_is_in_its_words(look, database):
    url = make_url(database).set(database="nowhere").render_as_string()
    status, checks, said = look(DATABASE_URL=url)
    assert (status, checks["database"]) == (
        503,
        'PostgreSQL refuses: FATAL: database "nowhere" does not exist',
    )
    assert 'FATAL: database "nowhere" does not exist' in said


def test_silent_server_is_reported_in_time(look):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        status, checks, _ = look(DATABASE_URL=f"postgresql://pulse@127.0.0.1:{port}/pulse")
    assert (status, checks["database"]) == (503, "PostgreSQL did not answer within 2 seconds")


@pytest.fixture
def full_disk(app: Flask, sql) -> Iterator[None]:
    """PostgreSQL refuses to store anything, as it does when its disk is full."""
    tables = ("events", "service_state")
    sql("""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100';
        END $$
    """)
    for table in tables:
        sql(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
    committer = app.extensions["pulse"].committer
    usual, committer.retry_for = committer.retry_for, 0
    yield
    committer.retry_for = usual
    sql("DROP FUNCTION refuse() CASCADE")


def test_not_ready_after_failed_commit(app, mika, sql, request):
    checks = ReadinessChecks(app)
    request.getfixturevalue("full_disk")
    assert checks.run()[1] == 200  # nothing has been tried yet
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 503
    found, status = checks.run()
    assert (status, found["status"]) == (503, "not ready")
    words, _, remedy = found["checks"]["writes"].partition(" on device: ")
    assert words == 'PostgreSQL stores nothing: could not extend file "base/1/2": No space left'
    assert remedy.startswith("make room on its disk")
    sql("DROP FUNCTION refuse() CASCADE")
    assert checks.run()[1] == 200  # without another post
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 200
    sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
