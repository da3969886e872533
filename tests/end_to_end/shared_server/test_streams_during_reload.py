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


def connect_slowly(server, reload) -> list[bytes]:
    """Connections that send their request only after a while; the first line of each answer."""
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = []
    while not reload.ready():
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            time.sleep(0.3)
            connection.sendall(head)
            answers.append(connection.makefile("rb").readline())
    return answers


def open_streams(server, reload, cookie: str) -> list[tuple[int, str]]:
    """Streams one after the other; the status and the first frame of each."""
    answers = []
    while not reload.ready():
        with EventStream(f"{server.url}{PATH}", {"Cookie": cookie}) as stream:
            answers.append((stream.status, stream.next().event))
        time.sleep(0.02)
    return answers


def test_reload_refuses_nothing_and_streams_resume(server, visit):
    """One reload for all that goes on during one: it takes as long as starting a server."""
    mika = visit("mika")
    streams = [mika.listen() for _ in range(10)]
    mika.track()
    last = [stream.until("event").id for stream in streams]
    with reloading(server) as reload:
        connecting = gevent.spawn(connect_slowly, server, reload)
        opening = gevent.spawn(open_streams, server, reload, mika.cookie)
        byes = [stream.rest(60)[-1] for stream in streams]  # not before new workers accept
    assert [(bye.event, bye.json) for bye in byes] == [("bye", {"reason": "shutdown"})] * len(streams)
    assert all(1000 <= bye.retry <= 5000 for bye in byes)
    assert set(connecting.get()) == {b"HTTP/1.1 200 OK\r\n"}
    # An EventSource that gets any status but 200 never comes back; a stream that ends at once, it reopens.
    opened = opening.get()
    assert {status for status, _ in opened} == {200}
    assert {first for _, first in opened} <= {"connected", "bye"}
    missed = visit("mika").track()["eventId"]
    for cursor in last:
        resumed = mika.listen(headers={"Last-Event-ID": cursor})
        assert resumed.until("event").json["eventId"] == missed
        resumed.close()
