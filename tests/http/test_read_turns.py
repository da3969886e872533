"""Heavy reads over HTTP: when all turns of a workspace are taken they get 503, and nothing else is concerned."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from conftest import new_browser
from posting import EVENTS, REALTIME

from app.auth import heavy_reads
from app.auth.heavy_reads import HeavyReads
from app.extensions import component

ANALYTICS = "/api/workspaces/acme/analytics"
PATHS = [
    f"{ANALYTICS}/breakdown?by=type",
    f"{ANALYTICS}/explain?metric=messagesToday",
    f"{ANALYTICS}/history?metric=messagesToday",
    f"{ANALYTICS}/trends?metric=messagesToday",
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
    assert refused(olivia.post(f"{ANALYTICS}/custom-metrics", json=METRIC))


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
