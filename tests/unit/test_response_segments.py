"""An answer leaves gunicorn in as few pieces as it can; a socket that keeps messages apart shows each of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# In a process of its own, for gunicorn's configuration is about the whole of one.
ANSWER = """
import json, runpy, sys
from types import SimpleNamespace

conf = runpy.run_path("gunicorn.conf.py")
conf = runpy.run_path("gunicorn.conf.py")  # as at a reload
import socket
from gunicorn.config import Config

headers, pieces, buffer = json.load(sys.stdin)
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if buffer:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
request = SimpleNamespace(version=(1, 1), method="GET", should_close=lambda: False)
response = conf["Response"](request, ours, Config())
response.start_response("200 OK", headers)

def answer():
    for piece in pieces:
        response.write(piece.encode())
    response.close()
    ours.close()

import gevent
answering = gevent.spawn(answer)
received = []
while data := theirs.recv(1 << 20):
    received.append(data.decode())
answering.get()
conf["on_exit"](None)
print(json.dumps(received))
"""


def received(headers: list[tuple[str, str]], *pieces: str, buffer: int = 0) -> list[str]:
    """The messages in which an answer arrives."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWER],
        input=json.dumps([headers, pieces, buffer]),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_head_and_body_are_one():
    [answer] = received([("Content-Length", "5")], "hello")
    assert answer.startswith("HTTP/1.1 200 OK\r\n")
    assert answer.endswith("\r\n\r\nhello")


def test_the_head_leaves_with_the_first_chunk_and_each_other_chunk_at_once():
    first, *rest = received([("Content-Type", "text/event-stream")], "data: 1\n\n", "data: 2\n\n")
    assert first.endswith("\r\n\r\n9\r\ndata: 1\n\n\r\n")
    assert rest == ["9\r\ndata: 2\n\n\r\n", "0\r\n\r\n"]


def test_an_answer_without_a_body_has_its_head():
    [answer] = received([("Content-Length", "0")])
    assert answer.endswith("\r\n\r\n")


def test_what_the_kernel_does_not_take_at_once_follows():
    body = "0123456789" * 100_000
    answer = "".join(received([("Content-Length", str(len(body)))], body, buffer=4096))
    assert answer.partition("\r\n\r\n")[2] == body
