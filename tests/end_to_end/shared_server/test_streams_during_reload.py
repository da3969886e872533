"""Streams during a reload (SIGHUP): no request is refused, and each stream resumes without a gap."""

import contextlib
import socket
import time

import gevent
from event_stream import EventStream
from visitor import PATH

from .conftest import BOTH_TRANSPORTS

pytestmark = BOTH_TRANSPORTS


@contextlib.contextmanager
def reloading(server):
    """A deploy goes on meanwhile, and is over afterwards, whatever happens: it freezes workers to reach others."""
    reload = gevent.spawn(server.reload)
    try:
        yield reload
    finally:
        reload.get()


def test_connections_during_reload_are_served(server, visit):
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with reloading(server) as reload:
        while not reload.ready():
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                time.sleep(0.3)
                connection.sendall(head)
                assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


def test_reload_ends_streams_which_resume(server, visit):
    mika = visit("mika")
    streams = [mika.listen() for _ in range(10)]
    mika.track()
    last = [stream.until("event").id for stream in streams]
    with reloading(server):
        for stream in streams:
            bye = stream.rest(60)[-1]  # not before new workers accept
            assert (bye.event, bye.json) == ("bye", {"reason": "shutdown"})
            assert 1000 <= bye.retry <= 5000
    missed = visit("mika").track()["eventId"]
    for cursor in last:
        resumed = mika.listen(headers={"Last-Event-ID": cursor})
        assert resumed.until("event").json["eventId"] == missed
        resumed.close()


def test_reload_refuses_no_stream(server, visit):
    """An EventSource that gets any status but 200 never comes back; a stream that ends at once, it reopens."""
    cookie = visit("mika").cookie
    answers = []
    with reloading(server) as reload:
        while not reload.ready():
            with EventStream(f"{server.url}{PATH}", {"Cookie": cookie}) as stream:
                answers.append((stream.status, stream.next().event))
            time.sleep(0.02)
    assert {status for status, _ in answers} == {200}
    assert {first for _, first in answers} <= {"connected", "bye"}
