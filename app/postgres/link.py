"""Connections to PostgreSQL: client- and server-side time-outs; the pool discards those closed while idle.

The server's time-outs end a statement that takes too long. Ours ends the wait for a server that is silent (frozen,
or behind a dead network), which none of its own can.
"""

from __future__ import annotations

import select
from typing import Any

import psycopg2
from gevent import get_hub
from gevent.monkey import get_original
from gevent.socket import wait
from psycopg2 import extensions
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import DATABASE_AWAY, is_database_trouble
from app.postgres.database_away import report_database_back

# libpq's connect_timeout has no effect while gevent waits.
CONNECT_TIMEOUT = 3.0  # seconds of silence
SILENCE_TIMEOUT = 12.0  # seconds; longer than the server's time-outs, so that its error comes first
SERVER_TIMEOUTS = "-c statement_timeout=10s -c lock_timeout=8s -c idle_in_transaction_session_timeout=30s"
WAS_OPEN = "pulse: was open at an earlier checkout"  # the key in a record's info
LIBEV_EVENTS = {extensions.POLL_READ: 1, extensions.POLL_WRITE: 2}

_poll = get_original("select", "poll")  # gevent removes it from select, and here it never waits


class SilentServer(psycopg2.OperationalError):
    """The server, or the network to it, was silent for as long as a connection waits."""


class TimeoutConnection(extensions.connection):
    """A connection that waits so many seconds for a silent server; None = for ever."""

    connect_timeout = CONNECT_TIMEOUT

    def __init__(self, *args: Any, **kwargs: Any):
        self.silence_timeout: float | None = self.connect_timeout
        super().__init__(*args, **kwargs)
        self.silence_timeout = SILENCE_TIMEOUT


def install_gevent_wait() -> None:
    """Make psycopg2 wait by gevent, and at most for the connection's `silence_timeout`."""
    extensions.set_wait_callback(_wait)


def discard_closed_connections(engine: Engine) -> Engine:
    """Make the engine's pool replace connections that the server has closed; returns the engine."""
    event.listen(engine, "checkout", _refuse_if_closed)
    event.listen(engine, "connect", lambda *_: report_database_back())
    event.listen(engine, "handle_error", _as_operational_error, retval=True)
    return engine


def lift_timeouts(connection: Connection) -> None:
    """Let statements on this connection run without a limit; it is closed instead of returned to the pool."""
    connection.detach()
    driver = driver_connection(connection)
    assert isinstance(driver, TimeoutConnection)
    driver.silence_timeout = None
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql("SET lock_timeout = 0")
    connection.commit()


def driver_connection(connection: Connection) -> extensions.connection:
    """psycopg2's connection behind one of SQLAlchemy's."""
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, extensions.connection)
    return driver


def _wait(connection: extensions.connection) -> None:
    # psycopg2 closes a connection whose wait fails: its next data would answer a query that was given up.
    timeout: float | None = getattr(connection, "silence_timeout", None)
    silence = SilentServer(f"the database has been silent for {timeout} seconds")
    while (state := connection.poll()) != extensions.POLL_OK:
        loop = get_hub().loop
        # Before all else that is ready: what has begun, often under a lock, goes on before new requests begin.
        priority = loop.MAXPRI  # type: ignore[attr-defined]  # missing in the stubs
        watcher = loop.io(connection.fileno(), LIBEV_EVENTS[state], priority=priority)
        try:
            wait(watcher, timeout, silence)
        finally:
            watcher.close()


def operational_error(error: Exception) -> OperationalError | None:
    """The error as one of DATABASE_AWAY, if PostgreSQL is the cause but its class does not say so; else None.

    To psycopg2 a read-only transaction is an InternalError and a missing right a ProgrammingError, as faults of
    ours are; `except DATABASE_AWAY` has to catch both.
    """
    if isinstance(error, DATABASE_AWAY) or not is_database_trouble(error):
        return None
    return OperationalError(None, None, error)


def _as_operational_error(context: ExceptionContext) -> OperationalError | None:
    error = context.original_exception
    return None if context.is_disconnect or not isinstance(error, Exception) else operational_error(error)


def _refuse_if_closed(connection: extensions.connection, record: ConnectionPoolEntry, _: object) -> None:
    if not _is_closed(connection):
        record.info[WAS_OPEN] = True  # until the record gets another connection
    elif WAS_OPEN in record.info:
        raise InvalidatePoolError("closed while idle")  # discards all older ones too, and connects again
    else:
        # After InvalidatePoolError SQLAlchemy would try once more, and then raise an error that no caller expects.
        raise psycopg2.OperationalError("the database closed the connection as soon as it was made")


def _is_closed(connection: extensions.connection) -> bool:
    # A server that shuts down sends something, and nothing else is ever sent to an idle connection. poll() takes
    # 3 µs; pool_pre_ping would take a round trip for every post.
    if connection.closed:
        return True
    poll = _poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
