"""A stream refused for now is a 200 that says why and ends; what no further attempt changes has its status."""

from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

import pytest
from goodbyes import goodbye
from posting import REALTIME
from werkzeug.test import create_environ, run_wsgi_app

from app.domain.ids import Cursor
from app.domain.stats import StatsView
from app.errors import Maintenance
from app.extensions import component
from app.live.identity import Identity
from app.live.state import Live
from app.live.takeover import AdoptingResponse, StreamArguments

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def ask(mika):
    """`ask(app, headers)`: GET the endpoint of another app with Mika's cookie."""

    def get(app, headers=STREAM, method="GET"):
        visitor = app.test_client()
        with mika.session_transaction() as mine, visitor.session_transaction() as theirs:
            theirs.update(mine)
        return visitor.open(REALTIME, headers=headers, method=method)

    return get


@pytest.fixture
def without_database(make_app):
    return make_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")


def test_database_outage_gives_bye(ask, without_database):
    answer = ask(without_database)
    assert (answer.status_code, answer.content_type) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-cache, no-transform"
    reason, seconds = goodbye(answer)
    assert reason == "unavailable"
    assert 5 <= seconds <= 15
    head = ask(without_database, method="HEAD")
    assert (head.status_code, head.mimetype, head.data) == (200, "text/event-stream", b"")


def test_database_outage_is_503(ask, without_database):
    for headers, method in (({}, "GET"), ({}, "POST"), (STREAM, "POST"), (STREAM, "DELETE")):
        answer = ask(without_database, headers, method)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "UNAVAILABLE")
        assert answer.headers["Retry-After"] == "2"


def test_outage_before_socket_takeover(without_database, cast):
    """By then Flask has answered, so no error handler would turn it into anything but a 500."""
    live, now = component(Live, without_database), datetime.now(UTC)
    identity = Identity("conn_1_aaaaaa", uuid4(), cast["mika"], b"", "local", now)
    live.registry.register(identity)
    arguments = StreamArguments(identity, Cursor("a1b2c3d4", 1), monotonic() + 60, StatsView(None, False))
    response = AdoptingResponse(live, arguments, b"")
    answer = run_wsgi_app(response, create_environ())
    assert answer[1] == "200 OK"
    assert b'event: bye\ndata: {"reason":"unavailable"}\n\n' in b"".join(answer[0])
    assert live.registry.open_streams == 0


def test_bye_waits_for_maintenance_end(ask, make_app):
    app = make_app()

    @app.before_request
    def refuse():
        raise Maintenance(retry_after=120)

    reason, seconds = goodbye(ask(app))
    assert reason == "maintenance"
    assert 120 <= seconds <= 125
    assert (ask(app, {}).status_code, ask(app, {}).headers["Retry-After"]) == (503, "120")


def test_draining_worker_sends_shutdown_bye(ask, make_app):
    app = make_app()
    component(Live, app).draining = True
    reason, seconds = goodbye(ask(app))
    assert reason == "shutdown"
    assert 5 <= seconds <= 15


def test_refusals_for_good_keep_their_status(mika, client):
    def status(browser, path=REALTIME, **headers):
        answer = browser.get(path, headers=STREAM | headers)
        assert answer.mimetype == "application/problem+json"
        return answer.status_code

    assert status(client) == 401
    assert status(mika, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status(mika, REALTIME.replace("acme", "elsewhere")) == 404
    assert status(mika, f"{REALTIME}?metrics=nonsense") == 400
    assert mika.get(REALTIME, headers={"Accept": "text/html"}).status_code == 406


def test_refused_streams_are_logged(ask, make_app, caplog):
    app = make_app(PULSE_RATE_LIMIT_STREAMS="1/minute", PULSE_LOG_LEVEL="INFO")
    with ask(app), caplog.at_level("INFO", logger="app.http.request_log"):
        assert goodbye(ask(app))[0] == "limit"
    assert [record.outcome for record in caplog.records if record.msg == "request"] == ["RATE_LIMITED"]
    assert 'pulse_rejections_total{code="RATE_LIMITED"} 1.0' in app.test_client().get("/metrics").text
