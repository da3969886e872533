"""Posts around a deploy (SIGHUP): none is refused or dropped, on new connections and on open ones."""

from __future__ import annotations

import os
import signal
import socket

import gevent
import httpx
from servers import TLS, until
from visitor import PATH


def test_reload_refuses_no_post(server, visit):
    """Neither on new connections nor on kept ones; what comes slowly, a stopping worker still commits: its queue
    takes what comes until the last connection is closed, which the answer asks the client to do.
    """
    answers: list[tuple[int, str]] = []
    cookie, body = visit("mika").cookie, b'{"eventType": "user.active"}'
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n"
    reload = gevent.spawn(server.reload)

    def post(client: httpx.Client) -> None:
        event = {"eventType": "user.active"}
        answer = client.post(f"{server.url}{PATH}", json=event, headers={"Cookie": cookie})
        answers.append((answer.status_code, answer.text if answer.status_code != 200 else ""))

    def post_on_new_connections() -> None:
        while not reload.ready():
            with httpx.Client(timeout=30, trust_env=False, verify=TLS) as client:
                post(client)
            gevent.sleep(0.05)

    def post_on_one_connection() -> None:
        with httpx.Client(timeout=30, trust_env=False, verify=TLS) as client:
            while not reload.ready():
                post(client)
                gevent.sleep(0.02)

    def post_slowly() -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
            gevent.sleep(1.5)
            connection.sendall(body[5:])
            return connection.makefile("rb").readline()

    posting = [
        gevent.spawn(poster) for poster in [post_on_new_connections] * 4 + [post_on_one_connection] * 4
    ]
    slow = []
    while not reload.ready():
        slow.append(gevent.spawn(post_slowly))
        gevent.sleep(0.2)
    gevent.joinall(posting, raise_error=True)
    reload.get()
    assert [answer for answer in answers if answer[0] != 200] == []
    assert answers
    assert {greenlet.get() for greenlet in slow} == {b"HTTP/1.1 200 OK\r\n"}


def test_old_workers_serve_until_new_ones_load(server, visit):
    mika = visit("mika")
    stream = mika.listen()
    before = set(server.worker_pids())
    reload = gevent.spawn(server.reload)
    until(lambda: len(server.worker_pids()) == 2 * server.workers, "new workers")
    young = set(server.worker_pids()) - before
    for pid in young:
        os.kill(pid, signal.SIGSTOP)
    try:
        gevent.sleep(2)
        with httpx.Client(timeout=30, trust_env=False, verify=TLS) as client:
            answer = client.post(
                f"{server.url}{PATH}", json={"eventType": "user.active"}, headers={"Cookie": mika.cookie}
            )
        assert answer.status_code == 200
        assert stream.until("event").json["eventId"] == answer.json()["eventId"]
    finally:
        for pid in young:
            os.kill(pid, signal.SIGCONT)
    assert stream.rest()[-1].event == "bye"
    reload.get()
