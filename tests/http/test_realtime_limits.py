"""How many streams may be open at once: beyond, a stream that only says `bye: limit`, and then room again."""

import contextlib

import pytest
from conftest import new_browser
from goodbyes import goodbye
from posting import REALTIME

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
