"""How many streams may be open at once: beyond, a refusal that says when to come back, and then room again."""

import contextlib

import pytest
from conftest import Browser
from posting import REALTIME

STREAM = {"Accept": "text/event-stream"}
LIMITS = {
    "PULSE_MAX_STREAMS_PER_WORKER": 503,
    "PULSE_MAX_STREAMS_PER_WORKSPACE": 429,
    "PULSE_MAX_STREAMS_PER_USER": 429,
    "PULSE_MAX_STREAMS_PER_ADDRESS": 429,
}


@pytest.fixture
def limited(make_app, cast):
    """`listen = limited(PULSE_MAX_STREAMS_PER_USER="2")`; `listen("mika")` opens a stream until the test ends."""
    with contextlib.ExitStack() as opened:

        def make(**settings):
            app = make_app(**settings)

            def listen(name: str):
                browser = Browser(app, app.response_class, use_cookies=True)
                browser.sign_in(cast[name])
                response = browser.get(REALTIME, headers=STREAM)
                opened.callback(response.close)
                return response

            return listen

        yield make


@pytest.mark.parametrize("setting", LIMITS)
def test_beyond_the_limit_a_stream_is_refused_and_told_when_to_come_back(limited, setting):
    listen = limited(**{setting: "2"})
    open_ones = [listen("mika"), listen("mika")]
    refused = listen("mika")
    assert [stream.status_code for stream in open_ones] == [200, 200]
    assert (refused.status_code, refused.get_json()["code"]) == (LIMITS[setting], "TOO_MANY_STREAMS")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    open_ones[0].close()
    assert listen("mika").status_code == 200


def test_the_limit_of_one_user_is_none_of_the_others(limited):
    listen = limited(PULSE_MAX_STREAMS_PER_USER="1")
    assert [listen(name).status_code for name in ("mika", "vera", "mika", "vera")] == [200, 200, 429, 429]


def test_a_refused_stream_is_not_counted(limited):
    listen = limited(PULSE_MAX_STREAMS_PER_USER="1", PULSE_MAX_STREAMS_PER_WORKSPACE="2")
    statuses = [listen(name).status_code for name in ("mika", "mika", "mika", "vera", "olivia")]
    assert statuses == [200, 429, 429, 200, 429]
