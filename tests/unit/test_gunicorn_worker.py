"""Our gunicorn worker: how an answer leaves it, and how long a connection may wait for its next request."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import gevent
import pytest
from gunicorn.config import Config

from server.response import PulseResponse
from server.worker import PulseWorker

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own: gunicorn's configuration patches and changes the whole of one.
KEEPALIVE = """
import runpy
conf = runpy.run_path("gunicorn.conf.py")
print(conf["keepalive"])
conf["on_exit"](None)
"""
NGINX_KEEPALIVE = 60  # seconds: for which nginx keeps a connection to us


def received(headers: list[tuple[str, str]], *pieces: bytes, buffer: int = 0) -> list[bytes]:
    """The messages in which an answer arrives: a socket that keeps messages apart shows each of them."""
    kind = socket.SOCK_STREAM if buffer else socket.SOCK_SEQPACKET
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    with theirs, ours:
        if buffer:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        request = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: False)
        response = PulseResponse(request, ours, Config())
        response.start_response("200 OK", headers)

        def answer() -> None:
            for piece in pieces:
                response.write(piece)
            response.close()
            ours.close()

        answering = gevent.spawn(answer)
        messages = list(iter(lambda: theirs.recv(1 << 20), b""))
        answering.get()
    return messages


def test_head_leaves_with_body():
    [answer] = received([("Content-Length", "5")], b"hello")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nhello")


def test_chunks_leave_one_by_one():
    first, *rest = received([("Content-Type", "text/event-stream")], b"data: 1\n\n", b"data: 2\n\n")
    assert first.endswith(b"\r\n\r\n9\r\ndata: 1\n\n\r\n")
    assert rest == [b"9\r\ndata: 2\n\n\r\n", b"0\r\n\r\n"]


def test_head_without_body():
    [answer] = received([("Content-Length", "0")])
    assert answer.endswith(b"\r\n\r\n")


def test_body_larger_than_send_buffer():
    body = b"0123456789" * 100_000
    answer = b"".join(received([("Content-Length", str(len(body)))], body, buffer=4096))
    assert answer.partition(b"\r\n\r\n")[2] == body


def test_stopping_worker_closes_connections(monkeypatch):
    monkeypatch.setattr(PulseResponse, "worker_is_stopping", True)
    [answer] = received([("Content-Length", "5")], b"hello")
    assert b"\r\nConnection: close\r\n" in answer


def test_keepalive_outlasts_proxies():
    done = subprocess.run(
        [sys.executable, "-c", KEEPALIVE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == 75 > NGINX_KEEPALIVE


def test_first_request_has_less_time():
    worker = object.__new__(PulseWorker)
    worker.cfg = SimpleNamespace(keepalive=75)
    waits = []

    def serve(_listener, _client, _address) -> None:
        for _ in range(3):
            with worker.timeout_ctx() as timeout:
                waits.append(timeout.seconds)

    worker._connections = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gunicorn.workers.ggevent.GeventWorker.handle", lambda _self, *about: serve(*about))
        worker.handle(None, None, "")
    assert waits == [15, 75, 75]
    assert worker._connections == {}


def test_waiting_for_a_request_ends_quietly():
    worker = object.__new__(PulseWorker)
    worker.cfg = SimpleNamespace(keepalive=0.001)
    outcome = []

    def serve(_self, *_about) -> None:
        with worker.timeout_ctx():
            outcome.append("first")
        with worker.timeout_ctx():
            gevent.sleep(5)
            outcome.append("not reached")
        outcome.append("closed")

    worker._connections = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gunicorn.workers.ggevent.GeventWorker.handle", serve)
        worker.handle(None, None, "")
    assert outcome == ["first", "closed"]
