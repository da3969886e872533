"""The response that carries a stream: takes the connection over from gunicorn, or else is a generator.

Under gunicorn's gevent worker on plain HTTP/1.1, the connection's descriptor is duplicated for a SocketStream;
gunicorn's greenlet ends, and its own copy is closed. From then on a stream is a socket and a cursor, nothing more.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import gevent.socket
from flask import Response, request
from werkzeug.http import http_date

from app.domain import sse
from app.errors import DATABASE_AWAY, Problem
from app.http.security_headers import ProtectedResponse, protected
from app.live import poller
from app.live.generator_stream import GeneratorStream
from app.live.refusals import HEADERS, UNAVAILABLE, refuse_stream
from app.live.socket_stream import SocketStream
from app.live.state import Live
from app.live.stream import StreamArguments

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

# The kernel drops the connection of a client that vanished when our bytes go unconfirmed for so long. It also does
# so where a client does not read, so this is longer than MAX_LAG_SECONDS: slow streams get a `bye` instead.
UNACKED_MS = 45_000
# Else the kernel buffers some megabytes for a client that reads nothing, and it would not count as lagging.
UNSENT_BYTES = 128 << 10


def can_adopt(environ: WSGIEnvironment) -> bool:
    """Whether the socket of this request's connection can be taken over."""
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


def stream_response(live: Live, arguments: StreamArguments, opening: bytes) -> Response:
    """The response that carries a new stream, which begins with the frames `opening`."""
    if live.settings.adopt_connections and can_adopt(request.environ):
        return AdoptingResponse(live, arguments, opening)
    return _generator_response(live, arguments, opening)


class AdoptingResponse(ProtectedResponse):
    """Takes the connection over from gunicorn when it is called; by then auth and teardown have run."""

    def __init__(self, live: Live, arguments: StreamArguments, opening: bytes):
        super().__init__(headers=HEADERS)
        self._live = live
        self._arguments = arguments
        self._opening = opening

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        lifecycle = self._live.lifecycle
        stream = SocketStream(self._arguments, lifecycle, poller=self._live.poller)
        lifecycle.on_opened(stream)
        try:
            # May wait or fail, unlike what follows the head.
            self._live.hub.enter(stream.identity.workspace_id)
        except (Problem, *DATABASE_AWAY):
            stream.disconnect("failed")
            return refuse_stream(UNAVAILABLE)(environ, start_response)
        try:
            self._adopt(environ["gunicorn.socket"], stream)
        except BaseException:
            stream.disconnect("failed")
            raise
        # gunicorn takes this for "done with this connection": nothing is written, its copy is closed.
        raise StopIteration

    def _adopt(self, connection: socket.socket, stream: SocketStream) -> None:
        hub = self._live.hub
        _tune(connection)
        stream.count_opening(self._opening)
        stream.open(os.dup(connection.fileno()), self._head() + sse.chunk(self._opening))
        hub.join(stream)
        if stream.fd < 0:  # it has left already
            hub.leave(stream)

    def _head(self) -> bytes:
        own = {"Date": http_date(), "Transfer-Encoding": "chunked", "Connection": "close"}
        lines = [f"{name}: {value}\r\n" for name, value in [*protected(list(self.headers)), *own.items()]]
        return ("HTTP/1.1 200 OK\r\n" + "".join(lines) + "\r\n").encode("latin-1")


def _generator_response(live: Live, arguments: StreamArguments, opening: bytes) -> Response:
    connection = request.environ.get("gunicorn.socket")
    _tune(connection)
    stream = GeneratorStream(arguments, live.lifecycle, connection=connection)
    live.lifecycle.on_opened(stream)

    def body() -> Iterator[bytes]:
        live.hub.join(stream)
        stream.count_opening(opening)
        yield opening
        yield from stream.frames(live.hub.writer)

    response = Response(body(), headers=HEADERS)
    # Not a `finally` in the generator: one that was never started runs none.
    response.call_on_close(lambda: stream.mark_closed("client-left"))
    return response


def _tune(connection: socket.socket | None) -> None:
    if connection is None or connection.family == socket.AF_UNIX or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    with contextlib.suppress(OSError):  # it may have gone
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKED_MS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
