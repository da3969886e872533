"""How many streams may be open, and for how long; refusals are `bye` frames with the reason."""

import contextlib
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

import pytest
from conftest import new_browser
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
LIMITS = ["WORKER", "WORKSPACE", "USER", "ADDRESS"]


@pytest.fixture
def limited(make_app, cast):
    """`listen = limited(PULSE_MAX_STREAMS_PER_USER="2")`; `listen("mika")` opens a stream until the test ends."""
    with contextlib.ExitStack() as opened:

        def make(**settings):
            app = make_app(**settings)

            def listen(name: str, address: str = "127.0.0.1"):
                browser = new_browser(app, cast[name])
                response = browser.get(REALTIME, headers=STREAM, environ_base={"REMOTE_ADDR": address})
                opened.callback(response.close)
                return response

            return listen

        yield make


@pytest.mark.parametrize("limit", LIMITS)
def test_stream_over_limit_gets_bye(limited, limit):
    listen = limited(**{f"PULSE_MAX_STREAMS_PER_{limit}": "2"})
    open_ones = [listen("mika"), listen("mika")]
    assert [goodbye(stream) for stream in open_ones] == [None, None]
    refused = listen("mika")
    assert (refused.status_code, refused.content_type) == (200, "text/event-stream; charset=utf-8")
    reason, seconds = goodbye(refused)
    assert reason == "limit"
    assert 5 <= seconds <= 15
    open_ones[0].close()
    assert goodbye(listen("mika")) is None


def test_user_limit_is_per_user(limited):
    listen = limited(PULSE_MAX_STREAMS_PER_USER="1")
    refused = [goodbye(listen(name)) is not None for name in ("mika", "vera", "mika", "vera")]
    assert refused == [False, False, True, True]


def test_refused_stream_is_not_counted(limited):
    listen = limited(PULSE_MAX_STREAMS_PER_USER="1", PULSE_MAX_STREAMS_PER_WORKSPACE="2")
    refused = [goodbye(listen(name)) is not None for name in ("mika", "mika", "mika", "vera", "olivia")]
    assert refused == [False, True, True, False, True]


@pytest.mark.parametrize("another", ["203.0.113.7:4711", "::ffff:203.0.113.7"])
def test_address_spellings_share_a_limit(limited, another):
    listen = limited(PULSE_MAX_STREAMS_PER_ADDRESS="1")
    addresses = ["203.0.113.7", another, "198.51.100.9", "2001:db8::1", "2001:db8::2"]
    refused = [goodbye(listen("mika", address)) is not None for address in addresses]
    assert refused == [False, True, False, False, True]


def test_stream_durations_are_jittered(make_app, cast):
    app = make_app(PULSE_MAX_CONNECTION_DURATION="1000", PULSE_MAX_STREAMS_PER_USER="100")
    browser = new_browser(app, cast["mika"])
    with contextlib.ExitStack() as opened:
        before = monotonic()
        for _ in range(40):
            response = opened.enter_context(browser.get(REALTIME, headers={"Accept": "text/event-stream"}))
            next(response.response)
        after = monotonic()
        deadlines = [stream.deadline for stream in app.extensions["pulse"].hub.streams()]
    assert len(deadlines) == 40
    assert min(deadlines) >= before + 900
    assert max(deadlines) <= after + 1100
    assert max(deadlines) - min(deadlines) > 50


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
