"""A stream lasts for the longest duration, give or take a tenth: those that open together end one by one."""

import contextlib
from time import monotonic

from conftest import new_browser
from posting import REALTIME


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
