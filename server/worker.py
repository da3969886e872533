"""gunicorn's gevent worker: starts and drains Pulse, bounds the wait for a request, closes idle connections.

Browsers and proxies keep connections open for as long as they may, and each idle one would hold up a stop for all
of `keepalive`.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol

import gevent
from flask import Flask
from gevent.socket import socket as GeventSocket
from greenlet import greenlet
from gunicorn.http import wsgi
from gunicorn.workers.ggevent import GeventWorker

from server.graceful_reload import signal_ready
from server.response import PulseResponse

FIRST_REQUEST_TIMEOUT = (
    15  # seconds, headers included: a client that sends nothing holds no connection longer
)
MIN_IDLE = 1.0  # seconds without a request before a stopping worker closes a connection
POLL_INTERVAL = 0.1  # seconds


class PulseProcess(Protocol):
    """The application's part of a worker process: `app.worker.process`."""

    def start(self, of_workers: int | None = None) -> None:
        """Start its greenlets; `of_workers` is how many workers gunicorn runs."""

    def drain(self) -> None:
        """End the open streams with a `bye`."""

    def stop(self) -> None:
        """Commit what is queued, and stop its greenlets."""


@dataclass(slots=True, eq=False)
class ClientConnection:
    """A connection of this worker: since when it waits for a request, and whether it has had one."""

    socket: GeventSocket
    waiting_since: float | None = None
    is_reused: bool = False


class RequestTimeout(gevent.Timeout):
    """Bounds the wait for a connection's next request; after it, gunicorn closes the connection."""

    def __init__(self, seconds: float, connection: ClientConnection):
        super().__init__(seconds)
        self._connection = connection

    def __enter__(self) -> RequestTimeout:
        self._connection.waiting_since = time.monotonic()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[True] | None:
        super().__exit__(kind, error, trace)
        self._connection.waiting_since = None
        self._connection.is_reused = True
        return True if error is self else None


class PulseWorker(GeventWorker):
    """A worker of gunicorn with Pulse in it."""

    _pulse: PulseProcess
    _draining: gevent.Greenlet[[], None] | None = None

    def init_process(self) -> None:
        """Load the application and serve."""
        self._connections: dict[greenlet, ClientConnection] = {}
        # gunicorn has no setting for it. Not in its master, which runs gunicorn.conf.py again at each reload.
        wsgi.Response = PulseResponse  # type: ignore[misc]
        super().init_process()

    def start_pulse(self) -> None:
        """Start the application's greenlets, and drain its streams once the worker is to stop."""
        assert isinstance(self.wsgi, Flask)
        self._pulse = self.wsgi.extensions["pulse"]
        self._pulse.start(self.cfg.workers)
        self.log.error_log.addFilter(_is_noteworthy)
        self._draining = gevent.spawn(self._drain_at_stop)
        # Loaded code lives as long as the process; scanning it at every collection would hold streams up.
        gc.collect()
        gc.freeze()
        gevent.spawn(self._close_idle_at_stop)
        gevent.spawn(signal_ready, self)  # which runs once the loop does, and connections are accepted

    def stop_pulse(self, timeout: float) -> None:
        """Wait until the streams have ended, at most `timeout` seconds, and stop the application."""
        if self._draining is None:
            return  # it has not loaded
        self.alive = False
        self._draining.join(timeout=timeout)
        self._pulse.stop()  # only now: until here gunicorn has answered requests, and posts need the committer

    def handle(self, listener: GeventSocket, client: GeventSocket, addr: str | int | tuple[str, int]) -> None:
        """Serve one connection, request after request."""
        current = gevent.getcurrent()
        self._connections[current] = ClientConnection(client)
        try:
            super().handle(listener, client, addr)
        finally:
            del self._connections[current]

    def timeout_ctx(self) -> RequestTimeout:  # type: ignore[override]  # the stub says None; gunicorn enters it
        """The time in which a request has to come: the first one of a connection sooner than those after it."""
        connection = self._connections[gevent.getcurrent()]
        seconds = self.cfg.keepalive if connection.is_reused else FIRST_REQUEST_TIMEOUT
        return RequestTimeout(seconds, connection)

    def close_idle(self) -> None:
        """Close connections that wait for a request, as if their clients had.

        A request that has just arrived is still read and answered. A client that connected a moment ago is
        about to send one, and is left alone.
        """
        latest = time.monotonic() - MIN_IDLE
        for connection in list(self._connections.values()):
            if connection.waiting_since is not None and connection.waiting_since < latest:
                _shut_down_reading(connection.socket)

    def _drain_at_stop(self) -> None:
        # No hook runs before gunicorn waits for open requests, and it would wait for streams in vain.
        while self.alive:
            gevent.sleep(POLL_INTERVAL)
        PulseResponse.worker_is_stopping = True
        self._pulse.drain()

    def _close_idle_at_stop(self) -> None:
        # Repeatedly: until gunicorn notices that it is to stop, it accepts connections.
        while True:
            gevent.sleep(POLL_INTERVAL)
            if not self.alive:
                try:
                    self.close_idle()
                except Exception:  # or the other connections would hold up the stop
                    self.log.exception("idle connections could not be closed")


def _shut_down_reading(client: GeventSocket) -> None:
    # Through a duplicate: gevent would raise in the greenlet that waits on the socket itself. Not by `dup`, which
    # a TLS socket does not have.
    with (
        contextlib.suppress(OSError),
        socket.fromfd(client.fileno(), client.family, client.type) as duplicate,
    ):
        duplicate.shutdown(socket.SHUT_RD)


def _is_noteworthy(record: logging.LogRecord) -> bool:
    # gunicorn logs a stack trace when a connection times out, and nothing when it is reset; both are routine. So
    # are the greenlets that it kills at the end of its graceful time-out, of which it has warned.
    error = record.exc_info and record.exc_info[1]
    timed_out = isinstance(error, TimeoutError) and record.msg == "Socket error processing request."
    return not timed_out and not isinstance(error, gevent.GreenletExit)
