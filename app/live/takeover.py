"""The HTTP side of a stream: a generator response anywhere, an adopted connection where that is possible.

Under gunicorn's gevent worker on plain HTTP/1.1, the connection's descriptor is duplicated and handed to the hub;
gunicorn's greenlet ends, and its own copy is closed. From then on a stream is a socket and a cursor, nothing more.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import gevent.socket
from flask import Response, request
from werkzeug.http import http_date

from app.domain import sse
from app.errors import DATABASE_AWAY, Problem
from app.http.security_headers import ProtectedResponse, protected
from app.live import poller
from app.live.generator_stream import PullStream
from app.live.refusals import HEADERS, UNAVAILABLE, refuse_stream
from app.live.socket_stream import SocketStream
from app.live.state import Live

# A client that vanished without a word is given up when our bytes go unconfirmed so long. The kernel also means
# one that is there and does not read, so this is longer than the sweep waits for the slow: they hear a `bye`.
UNACKED_MS = 45_000
# The kernel would take some megabytes for a client that reads nothing, and we would think it keeps up.
UNSENT_BYTES = 128 << 10

Environ = dict[str, Any]


def can_adopt(environ: Environ) -> bool:
    """Whether this request came over a connection whose socket can be taken over whole."""
    connection = environ.get("gunicorn.socket")
    return (
        poller.available()
        and type(connection) is gevent.socket.socket  # TLS has another type
        and environ.get("SERVER_PROTOCOL") == "HTTP/1.1"
        and "HTTP_VERSION" not in environ  # gunicorn's HTTP/2
    )


def head_response() -> Response:
    """A stream's headers; the empty iterator keeps Werkzeug from adding a Content-Length, which no stream has."""
    return Response(iter(()), headers=HEADERS)


def stream_response(live: Live, stream_args: tuple, prologue: bytes) -> Response:
    """The response that carries the stream; `live.opened` hears of it, and `live.closed` however it ends."""
    if live.settings.adopt_connections and can_adopt(request.environ):
        return AdoptingResponse(live, stream_args, prologue)
    return _generator_response(live, stream_args, prologue)


class AdoptingResponse(ProtectedResponse):
    """Takes the connection away from gunicorn when it is called; by then auth and teardown have run."""

    def __init__(self, live: Live, stream_args: tuple, prologue: bytes):
        super().__init__(headers=HEADERS)
        self._live = live
        self._stream_args = stream_args
        self._prologue = prologue

    def __call__(self, environ: Environ, start_response: Callable) -> Any:
        stream = SocketStream(*self._stream_args, poller=self._live.poller)
        self._live.opened(stream)
        try:
            self._live.hub.enter(
                stream.identity.workspace_id
            )  # may wait or fail, unlike what follows the head
        except (Problem, *DATABASE_AWAY):
            stream.drop("failed")
            return refuse_stream(UNAVAILABLE)(environ, start_response)
        try:
            self._adopt(environ["gunicorn.socket"], stream)
        except BaseException:
            stream.drop("failed")
            raise
        # gunicorn takes this for "done with this connection": nothing is written, its copy is closed.
        raise StopIteration

    def _adopt(self, connection: socket.socket, stream: SocketStream) -> None:
        hub = self._live.hub
        _tune(connection)
        stream.began(self._prologue)
        stream.open(os.dup(connection.fileno()), self._head() + sse.chunk(self._prologue))
        hub.join(stream)
        if stream.fd < 0:  # it has left already
            hub.leave(stream)

    def _head(self) -> bytes:
        own = {"Date": http_date(), "Transfer-Encoding": "chunked", "Connection": "close"}
        lines = [f"{name}: {value}\r\n" for name, value in [*protected(list(self.headers)), *own.items()]]
        return ("HTTP/1.1 200 OK\r\n" + "".join(lines) + "\r\n").encode("latin-1")


def _generator_response(live: Live, stream_args: tuple, prologue: bytes) -> Response:
    connection = request.environ.get("gunicorn.socket")
    _tune(connection)
    stream = PullStream(*stream_args, abort=_breaker(connection))
    live.opened(stream)

    def body() -> Iterator[bytes]:
        live.hub.join(stream)
        stream.began(prologue)
        yield prologue
        yield from stream.frames(live.hub.writer.hungry)

    response = Response(body(), headers=HEADERS)
    # Not a `finally` in the generator: one that was never started runs none.
    response.call_on_close(lambda: stream.closed("client-left"))
    return response


def _tune(connection: socket.socket | None) -> None:
    if connection is None or connection.family == socket.AF_UNIX or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    with contextlib.suppress(OSError):  # it may have gone
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKED_MS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)


def _breaker(connection: socket.socket | None) -> Callable[[], None]:
    def abort() -> None:
        if connection is not None:
            # It may have left by itself. Through a duplicate: gevent would raise in whoever waits on the socket.
            with contextlib.suppress(OSError), connection.dup() as duplicate:
                duplicate.shutdown(socket.SHUT_RDWR)

    return abort
