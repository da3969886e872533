"""Heavy reads over HTTP: fair queues, 503 TOO_BUSY, and a time-out of their queries."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from conftest import new_browser
from posting import EVENTS, REALTIME
from sqlalchemy import event, text

from app.auth import heavy_reads
from app.auth.heavy_reads import HeavyReads
from app.extensions import component

ANALYTICS = "/api/workspaces/acme/analytics"
PATHS = [
    f"{ANALYTICS}/activity?of=messages",
    f"{ANALYTICS}/breakdown?by=type",
    f"{ANALYTICS}/changes",
    f"{ANALYTICS}/explain?metric=messagesToday",
    f"{ANALYTICS}/history?metric=messagesToday",
    f"{ANALYTICS}/trends?metric=messagesToday",
    f"{ANALYTICS}/forecast?metric=messagesToday",
    f"{ANALYTICS}/event-types",
    EVENTS,
    f"{EVENTS}/some-event",
    f"{EVENTS}/export",
]
METRIC = {"name": "orders", "types": ["order.placed"], "window": "1h", "aggregate": "count"}


@pytest.fixture
def taken(app, sql):
    """All turns of acme are taken, and who waits for one is refused soon."""
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    reads = component(HeavyReads, app)
    patience, reads.queue_timeout = reads.queue_timeout, 0.05
    with ExitStack() as stack:
        for _ in range(heavy_reads.PER_WORKSPACE):
            stack.enter_context(reads.connection(acme.id))
        yield
    reads.queue_timeout = patience


def refused(answer) -> bool:
    return (answer.status_code, answer.get_json()["code"]) == (503, "TOO_BUSY") and bool(
        answer.headers["Retry-After"]
    )


@pytest.mark.parametrize("path", PATHS)
def test_heavy_read_waits_for_its_turn(vera, taken, path):
    assert refused(vera.get(path))


def test_custom_metric_cost_queues(olivia, taken):
    for path in ("custom-metrics", "custom-metrics/preview"):
        assert refused(olivia.post(f"{ANALYTICS}/{path}", json=METRIC))


def test_other_workspaces_do_not_wait(mika, oscar, taken):
    assert mika.post(REALTIME, json={"eventType": "user.active"}).status_code == 200
    assert mika.get(REALTIME).status_code == 200
    assert mika.get("/api/auth/me").status_code == 200
    assert oscar.get("/api/workspaces/elsewhere/analytics/breakdown?by=type").status_code == 200


def test_heavy_reads_are_limited_by_person(make_app, cast):
    app = make_app(PULSE_RATE_LIMIT_READS="2/minute")
    vera = new_browser(app, cast["vera"])
    codes = [vera.get(path).status_code for path in (EVENTS, f"{ANALYTICS}/breakdown?by=type", EVENTS)]
    assert codes == [200, 200, 429]
    assert vera.get(REALTIME).status_code == 200


@pytest.fixture
def impatient(app):
    """The app's queries are given a tenth of a second, and the log is locked meanwhile."""
    engine = component(HeavyReads, app).engine

    def hurry(connection) -> None:
        connection.exec_driver_sql("SET LOCAL statement_timeout = '100ms'")

    with engine.connect() as holder:
        holder.execute(text("LOCK TABLE events IN ACCESS EXCLUSIVE MODE"))
        event.listen(engine, "begin", hurry)
        yield
        event.remove(engine, "begin", hurry)


@pytest.mark.parametrize("path", [f"{EVENTS}?type=message.sent", f"{EVENTS}/export"])
def test_slow_query_is_503_with_advice(vera, impatient, path):
    answer = vera.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json() == {
        "type": "/api/docs#TOOK_TOO_LONG",
        "title": "The database took too long over this, and was stopped",
        "status": 503,
        "code": "TOOK_TOO_LONG",
        "detail": "Asking for less may help: a shorter stretch of time.",
    }
    assert answer.headers["Retry-After"] == "5"
