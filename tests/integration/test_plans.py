"""Query plans: no statement of Pulse scans a whole table that grows.

The questions are asked of a log of twelve workspaces, and each statement that went out is explained afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sql_runner import app_on
from sqlalchemy import Connection, Engine, event

from app.auth import sessions
from app.domain.instants import iso
from app.domain.resolution import HOUR, MINUTE
from app.extensions import db
from app.insights.history import roll_ups, samples
from app.insights.metrics.registry import METRICS
from app.insights.tick import compute
from app.insights.tick.active_workspaces import active_workspaces
from app.postgres.link import lift_timeouts
from benchmarks import past_events
from benchmarks.plans import GROWING, Scan, scans
from launcher.postgres import Postgres

WORKSPACES = 12
A_DAY, DAYS = 3_000, 2
SMALL = 8  # pages: a table of so few it is right to read from end to end
ASKED_OF = ("FROM events", *GROWING)
EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
ANALYTICS = "/api/workspaces/busy-1/analytics"
SAMPLES = """
    INSERT INTO samples SELECT id, now() - n * interval '5 seconds', '{"onlineUsers": 7, "messagesToday": 70}'
    FROM workspaces, generate_series(1, 720) AS n
"""
EVENT_IDS = """
    INSERT INTO event_ids SELECT workspace_id, event_id, seq, '', occurred_at, received_at FROM events
"""
NOTES = """
    INSERT INTO annotations (workspace_id, id, at, text, kind, made_by)
    SELECT id, gen_random_uuid(), now() - n * interval '6 hours', 'Release', 'deploy', gen_random_uuid()
    FROM workspaces, generate_series(1, 1000) AS n
"""
DEEDS = """
    INSERT INTO audit_entries (workspace_id, action, via, details, at)
    SELECT id, 'token.created', 'session', '{}', now() - n * interval '6 hours'
    FROM workspaces, generate_series(1, 1000) AS n
"""
MARKS = "UPDATE workspaces SET mark_types = '{message.sent,task.failed}'"
HOURS = """
    INSERT INTO roll_ups SELECT workspaces.id, step, at, figures FROM roll_ups, workspaces
    ON CONFLICT DO NOTHING
"""
# Weeks of yesterdays: today is little of what there is.
MINUTES = """
    INSERT INTO minute_counts
    SELECT workspace_id, minute - n * interval '1 day', event_type, count, retracted
    FROM minute_counts, generate_series(1, 14) AS n WHERE minute < date_trunc('day', now(), 'UTC')
    ORDER BY minute - n * interval '1 day' ON CONFLICT DO NOTHING
"""
PERSON = """
    WITH person AS (
        INSERT INTO users (id, email, name, password_hash)
        VALUES (gen_random_uuid(), 'ada@busy.test', 'Ada', '-') RETURNING id
    ), member AS (
        INSERT INTO memberships (workspace_id, user_id, role)
        SELECT workspaces.id, person.id, 'owner' FROM workspaces, person
    ) SELECT id FROM person
"""
METRIC = {
    "name": "talkers",
    "aggregate": "countDistinct",
    "field": "userId",
    "types": ["message.sent"],
    "window": "24h",
}
QUESTIONS = (
    "realtime",
    "realtime?compare=1",
    "metrics",
    "events",
    "events?after=100&limit=50",
    "events?type=message.sent",
    "events?user=me",
    "events?channel=c-1",
    "events?since={yesterday}&until={now}",
    "events?q=c-1&limit=10",
    "events?q=c-1&since={yesterday}&until={now}",
    "events?around=2000&limit=50",
    "fields?type=message.sent",
    "annotations?since={yesterday}",
    "annotations?since={last_month}&tag=web",
    "events/e-100",
    "events/export?since={yesterday}",
    "event-types",
    "history?metric=onlineUsers,messagesToday",
    "history?metric=onlineUsers&since={last_month}&step=1h",
    "history?metric=onlineUsers,messagesToday&expected=1",
    "trends?metric=messagesToday&period=day",
    "trends?metric=onlineUsers&period=month",
    "forecast?metric=messagesToday",
    "presence",
    "breakdown?by=type",
    "breakdown?by=channel&metric=messages",
    "breakdown?by=user&since={yesterday}",
    "breakdown?by=hour&metric=messages",
    "breakdown?by=type&compare=lastWeek",
    "changes?compare=yesterday",
    "changes?since={yesterday}&user=me",
    "breakdown?by=hour&since={yesterday}&compare=previous&channel=c-1",
    "breakdown?by=channel&since={yesterday}&compare=yesterday&user=me",
    *(f"explain?metric={name}" for name in (*METRICS, "custom.talkers")),
)


@pytest.fixture(scope="module")
def busy(postgres: Postgres, environ: dict[str, str]) -> str:
    """The address of a database that has seen much."""
    postgres.create_database("busy", "template0")
    url = postgres.url_of("busy")
    with app_on(environ, url).app_context():
        with db.engine.connect() as connection:
            lift_timeouts(connection)  # filling it is not what is tested
            _fill(connection)
        db.engine.dispose()
    return url


@pytest.fixture
def service(busy: str, make_app: Callable[..., Flask]) -> Flask:
    return make_app(DATABASE_URL=busy)


@pytest.fixture
def engine(service: Flask) -> Engine:
    with service.app_context():
        return db.engine


@pytest.fixture
def ada(service: Flask, engine: Engine) -> FlaskClient:
    """The owner of all workspaces, signed in."""
    with engine.begin() as connection:
        user_id = connection.exec_driver_sql(PERSON).scalar_one()
    client = service.test_client()
    with service.app_context(), client.session_transaction() as session:
        session["_user_id"] = sessions.start(user_id)
    return client


def test_no_statement_scans_a_whole_table(service, engine, ada):
    answer = ada.post(f"{ANALYTICS}/custom-metrics", json=METRIC)
    assert answer.status_code == 201, answer.text
    with noted() as statements:
        for question in QUESTIONS:
            answer = ada.get(f"{ANALYTICS}/{question.format(**_instants())}")
            assert answer.status_code == 200, f"{question}: {answer.text}"
            assert answer.get_data()  # to the end, where it comes in pieces
        _rounds(service, engine)
    assert [table for table in ASKED_OF if not any(table in statement for statement in statements)] == []
    assert dict(_long_scans(engine, statements)) == {}


def test_full_scan_is_detected(engine):
    with noted() as statements, engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM minute_counts WHERE count <> %s", (0,))
        connection.exec_driver_sql("SELECT count(*) FROM workspaces WHERE slug LIKE 'b%%'")
    [(_, [scan])] = _long_scans(engine, statements)
    assert scan.table == "minute_counts"


@contextmanager
def noted() -> Iterator[dict[str, Any]]:
    """All that engines are asked meanwhile: a statement with what its parameters were the last time."""
    statements: dict[str, Any] = {}

    def note(_connection, _cursor, statement: str, values: Any, *_: object) -> None:
        if statement.lstrip().startswith(EXPLAINED):
            statements[statement] = values

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _fill(connection: Connection) -> None:
    now = datetime.now(UTC)
    for workspace in past_events.make_workspaces(connection, "busy-", WORKSPACES):
        past_events.fill(connection, workspace, now, A_DAY, DAYS)
    past_events.fill_history(connection, workspace, now)
    for statement in (SAMPLES, HOURS, MINUTES, EVENT_IDS, NOTES, DEEDS, MARKS):
        connection.exec_driver_sql(statement)
    past_events.analyze(connection)


def _instants() -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "now": iso(now),
        "yesterday": iso(now - timedelta(hours=20)),
        "last_month": iso(now - timedelta(days=31)),
    }


def _rounds(service: Flask, engine: Engine) -> None:
    """What a worker does by itself: a tick, its samples, their roll-up, pruning."""
    now = datetime.now(UTC)
    workspaces = active_workspaces(engine, now)
    samples.write_samples(engine, compute.compute(engine, workspaces, now), now, 5.0)
    lengths = service.extensions["pulse"].insights.retention
    with engine.begin() as connection:
        roll_ups.roll_up_minutes(connection, now - MINUTE, now, lengths)
        roll_ups.roll_up_hours(connection, now - HOUR, now, lengths)
        roll_ups.prune(connection, now, lengths)


def _long_scans(engine: Engine, statements: Mapping[str, Any]) -> Iterator[tuple[str, list[Scan]]]:
    for statement, values in statements.items():
        with engine.connect() as connection:  # whatever the statement does is rolled back
            found = [scan for scan in scans(connection, statement, values) if _is_long(scan)]
        if found:
            yield statement, found


def _is_long(scan: Scan) -> bool:
    # Soon after midnight today's events are one page, which is read for each workspace.
    return scan.reads_all and scan.pages > SMALL * scan.loops
