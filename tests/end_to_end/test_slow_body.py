"""Bodies that never end: each is given up in time, and together they do not keep a worker from other requests."""

import contextlib
import time

import pytest
from raw_http import RawHttp
from servers import until

from app.http.body_limits import MAX_PER_CLIENT

JSON = ("POST /api/auth/login HTTP/1.1", "Host: localhost", "Content-Type: application/json")
FORM = ("POST /login HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded")
HALF = {
    "length": ((*JSON, "Content-Length: 1000"), b"{"),
    "chunks": ((*JSON, "Transfer-Encoding: chunked"), b"5\r\n{"),
    "form": ((*FORM, "Content-Length: 1000"), b"email=a"),
}
SECONDS = 3


@pytest.fixture(scope="module")
def server(make_server):
    return make_server(workers=1, PULSE_BODY_TIMEOUT=str(SECONDS))


@pytest.fixture
def begin(server):
    """`begin("form")`: a connection on which the beginning of such a body was sent."""
    with contextlib.ExitStack() as stack:

        def make(way):
            raw = stack.enter_context(RawHttp(server.port))
            lines, body = HALF[way]
            raw.send(*lines, body=body)
            return raw

        yield make


def test_endless_body_is_408(begin):
    begun = [begin(way) for way in HALF]
    for _ in range(SECONDS + 1):  # now and then a byte, which is no excuse
        for raw in begun:
            with contextlib.suppress(ConnectionError):
                raw.socket.sendall(b" ")
        time.sleep(0.5)
    for raw in begun:
        first, _ = raw.head()
        assert first == "HTTP/1.1 408 REQUEST TIMEOUT"
        assert b'"REQUEST_TIMEOUT"' in raw.rest()


def test_half_open_bodies_are_bounded(begin, server):
    for _ in range(MAX_PER_CLIENT + 10):
        last = begin("length")
    first, headers = last.head()
    assert (first, headers["retry-after"]) == ("HTTP/1.1 503 SERVICE UNAVAILABLE", "5")
    last.up_to(b"}")
    until(last.is_closed, "the refused connection closed")
    with RawHttp(server.port) as other:
        other.send("GET /healthz HTTP/1.1", "Host: localhost")
        assert other.head()[0] == "HTTP/1.1 200 OK"
