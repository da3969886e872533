"""Unusual HTTP: pipelining, half-closed and aborted connections, HTTP/1.0, Expect, HEAD."""

import gevent
import pytest
from raw_http import RawHttp
from servers import until
from visitor import PATH

from .conftest import BOTH_TRANSPORTS

pytestmark = BOTH_TRANSPORTS

STREAM = "Accept: text/event-stream"


@pytest.fixture
def is_adopted(request) -> bool:
    return "socket" in request.node.callspec.id


@pytest.fixture
def lines(server, mika):
    """The lines of a request for a stream, as Mika."""
    return [f"GET {PATH} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", STREAM, f"Cookie: {mika.cookie}"]


@pytest.fixture
def raw(server):
    """A connection."""
    with RawHttp(server.port) as raw:
        yield raw


def live_event(mika, raw, headers) -> None:
    """An event that is posted now comes."""
    raw.frames(headers, until="stats")
    event_id = mika.track()["eventId"]
    assert raw.frames(headers, until="event")[-1].json["eventId"] == event_id


def test_http_1_0_stream_is_unchunked(raw, lines, mika, olivia):
    lines[0] = lines[0].replace("1.1", "1.0")
    raw.send(*lines)
    first, headers = raw.head()
    assert " 200 " in first
    assert "transfer-encoding" not in headers
    assert "content-length" not in headers
    live_event(mika, raw, headers)
    olivia.delete(PATH)
    rest = raw.rest()
    assert b'event: bye\ndata: {"reason":"closed-by-admin"}\n\n' in rest
    assert rest.endswith(b"\n\n")


def test_pipelined_request_is_harmless(raw, lines, mika, olivia, is_adopted):
    raw.send(*lines, body="\r\n".join(["GET /healthz HTTP/1.1", *lines[1:], "", ""]).encode())
    first, headers = raw.head()
    assert " 200 " in first
    live_event(mika, raw, headers)
    olivia.delete(PATH)
    assert b"closed-by-admin" in raw.up_to(b"\r\n0\r\n\r\n")
    if is_adopted:  # it has said `Connection: close`: what follows is not answered
        assert headers["connection"] == "close"
        assert raw.rest() == b""
    else:
        assert raw.head()[0] == "HTTP/1.1 200 OK"


def test_request_during_stream_is_harmless(raw, lines, mika):
    raw.send(*lines)
    _, headers = raw.head()
    raw.frames(headers, until="stats")
    raw.send("GET /healthz HTTP/1.1", *lines[1:])
    event_id = mika.track()["eventId"]
    assert raw.frames(headers, until="event")[-1].json["eventId"] == event_id
    raw.frames(headers, until="ping")


def test_connection_close_gets_the_stream(raw, lines, mika):
    raw.send(*lines, "Connection: close")
    first, headers = raw.head()
    assert " 200 " in first
    assert headers["connection"] == "close"
    live_event(mika, raw, headers)


def test_expect_continue_gets_the_stream(raw, lines, mika):
    raw.send(*lines, "Expect: 100-continue")
    assert raw.head()[0] == "HTTP/1.1 100 Continue"
    first, headers = raw.head()
    assert " 200 " in first
    live_event(mika, raw, headers)


def test_request_body_is_harmless(raw, lines, mika):
    raw.send(*lines, "Content-Length: 5", body=b"hello")
    first, headers = raw.head()
    assert " 200 " in first
    live_event(mika, raw, headers)


def test_bytes_during_stream_are_ignored(raw, lines, mika):
    raw.send(*lines)
    _, headers = raw.head()
    raw.frames(headers, until="stats")
    for _ in range(20):
        raw.send("x" * 10_000)
    event_id = mika.track()["eventId"]
    assert raw.frames(headers, until="event")[-1].json["eventId"] == event_id


def test_half_closed_connection_ends_stream(raw, lines, mika, is_adopted):
    """A half-closed connection looks like one that a browser has left."""
    raw.send(*lines)
    raw.frames(raw.head()[1], until="stats")
    raw.half_close()
    if is_adopted:  # a generator's socket is not watched: it goes on, which is harmless
        until(raw.is_closed, "the end of the connection")
        until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")


MOMENTS = ["before-a-word", "within-the-head", "after-the-request", "within-the-prologue"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_aborted_connections_leave_nothing(server, lines, mika, moment):
    watcher = mika.listen()
    watcher.until("stats")

    def come_and_go(number: int) -> None:
        with RawHttp(server.port) as raw:
            if moment == "within-the-head":
                raw.socket.sendall("\r\n".join(lines)[: 20 + number % 100].encode())
            elif moment != "before-a-word":
                raw.send(*lines)
            if moment == "within-the-prologue":
                raw.head()
            if number % 2:
                raw.reset()

    gevent.joinall([gevent.spawn(come_and_go, number) for number in range(250)], raise_error=True)
    event_id = mika.track()["eventId"]
    assert watcher.until("event").json["eventId"] == event_id
    until(lambda: mika.snapshot()["meta"]["connections"] == 1, "the watcher counted alone")
    watcher.close()
    until(lambda: mika.snapshot()["meta"]["connections"] == 0, "no stream counted")
    mika.close()
    until(lambda: not server.open_connections(), "every connection closed")
    until(lambda: not server.left_behind(), lambda: f"nothing left behind: {server.left_behind()}")


def test_head_request_keeps_the_connection(raw, lines, mika):
    raw.send(lines[0].replace("GET", "HEAD"), *lines[1:])
    first, headers = raw.head()
    assert " 200 " in first
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "content-length" not in headers
    assert "accept" in headers["vary"].lower()
    raw.send(*lines)
    first, headers = raw.head()
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "accept" in headers["vary"].lower()
    live_event(mika, raw, headers)
