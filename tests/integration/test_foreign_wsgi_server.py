"""Under a WSGI server without socket takeover a stream has the same frames."""

from __future__ import annotations

import pytest
from conftest import new_browser
from event_stream import EventStream
from gevent.pywsgi import WSGIServer
from posting import REALTIME
from servers import until


@pytest.fixture
def address(app):
    """Of gevent's own WSGI server, which has the app alone."""
    server = WSGIServer(("127.0.0.1", 0), app, log=None)
    server.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.stop(timeout=1)


def test_stream_on_foreign_server(app, cast, mika, olivia, address):
    browser = new_browser(app, cast["vera"])
    cookie = f"pulse_session={browser.get_cookie('pulse_session').value}"
    with EventStream(f"{address}{REALTIME}", {"Cookie": cookie}) as stream:
        assert stream.status == 200
        assert [stream.next().event for _ in range(2)] == ["connected", "stats"]
        posted = [mika.post(REALTIME, json={"eventType": "user.active"}).get_json() for _ in range(3)]
        assert [event.json["eventId"] for event in stream.events(3)] == [one["eventId"] for one in posted]
        assert olivia.delete(REALTIME).get_json()["closedCount"] == 1
        assert stream.rest()[-1].json == {"reason": "closed-by-admin"}
    with EventStream(f"{address}{REALTIME}", {"Cookie": cookie}) as stream:
        stream.until("stats")
    until(lambda: mika.get(REALTIME).get_json()["meta"]["connections"] == 0, "no stream counted")
