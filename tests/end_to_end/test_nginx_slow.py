"""Clients that send a head or a body byte by byte wait in nginx, and do not reach gunicorn."""

from __future__ import annotations

import contextlib
import socket

import gevent
import pytest
from servers import until
from visitor import PATH

from .nginx_front import Front

MANY = 150  # of each kind; nginx here has room for 1,024 connections a worker
# With what looks like a session: nginx lets in few requests of those who bring none, slow or not.
HEAD = b"GET /healthz HTTP/1.1\r\nHost: pulse.example.org\r\nX-Slow: "
BODY = (
    f"POST {PATH} HTTP/1.1\r\nHost: pulse.example.org\r\nContent-Type: application/json\r\n"
    "Cookie: pulse_session=forged\r\n"
    'Content-Length: 60000\r\n\r\n{"eventType":"'
).encode()


@pytest.fixture(scope="module")
def shared_server(make_server):
    return make_server(workers=1, PULSE_TRUSTED_PROXIES="1")


@pytest.fixture(scope="module")
def front(shared_server, tmp_path_factory):
    front = Front(
        tmp_path_factory.mktemp("nginx"), shared_server, f"127.0.0.1:{shared_server.port}", patience=4
    )
    front.start()
    yield front
    front.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(server):
    """nginx keeps some connections for its next requests."""
    yield
    until(lambda: not server.census()["streams"], "no stream left")


@pytest.fixture
def slow(front):
    """Connections that have begun to send a head, or a body, and send no more than a byte now and then."""
    with contextlib.ExitStack() as opened:
        sockets = []
        for begun in (HEAD, BODY) * MANY:
            sockets.append(opened.enter_context(socket.create_connection(("127.0.0.1", front.port))))
            sockets[-1].sendall(begun)
        yield sockets


def test_slow_clients_wait_in_nginx(slow, front, server, visit_at):
    vera, mika, stranger = (visit_at(front, name) for name in ("vera", "mika", None))
    stream = vera.listen()
    stream.until("stats")
    for one in slow:
        with contextlib.suppress(OSError):
            one.sendall(b"x")
    for _ in range(5):
        event_id = mika.track()["eventId"]
        assert stream.until("event").json["eventId"] == event_id
        assert stranger.get("/healthz").status_code == 200
    assert len(server.open_connections()) < MANY, "what is slow has reached gunicorn"
    cut = [gevent.spawn(is_cut, one) for one in slow]
    gevent.joinall(cut, timeout=60)
    assert all(one.value for one in cut)
    assert stream.until("ping")


def is_cut(one: socket.socket) -> bool:
    one.settimeout(30)
    with contextlib.suppress(ConnectionError):
        while one.recv(4096):
            pass
    return True
