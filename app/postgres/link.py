"""One connection to PostgreSQL: limits on both ends of it, and none is handed out that died at rest.

The server's limits end a statement that takes too long. Ours ends the wait for a server that says nothing at all
(frozen, or behind a dead network), which no limit of its own can.
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
from app.postgres.trouble_log import report_database_back

# libpq's connect_timeout does not count when it is gevent that waits.
CONNECT_PATIENCE = 3.0  # seconds of silence
PATIENCE = 12.0  # seconds of silence; longer than the server's limits, so that its word comes first
LIMITS = "-c statement_timeout=10s -c lock_timeout=8s -c idle_in_transaction_session_timeout=30s"
PROVEN = "was open when it was handed out before"
EVENTS = {extensions.POLL_READ: 1, extensions.POLL_WRITE: 2}  # as libev counts them

_poll = get_original("select", "poll")  # gevent's own has none, and here it never waits


class SilentServer(psycopg2.OperationalError):
    """The server, or the network to it, said nothing for as long as a connection waits."""


class Link(extensions.connection):
    """A connection that knows how many seconds it waits for a silent server; None = for ever."""

    connect_patience = CONNECT_PATIENCE

    def __init__(self, *args: Any, **kwargs: Any):
        self.patience: float | None = self.connect_patience
        super().__init__(*args, **kwargs)
        self.patience = PATIENCE


def cooperate() -> None:
    """Let psycopg2 wait as gevent does, and only as long as the connection's patience lasts."""
    extensions.set_wait_callback(_wait)


def watch(engine: Engine) -> Engine:
    """Have the engine's pool hand out no connection that the server has closed; returns the engine."""
    event.listen(engine, "checkout", _refuse_if_closed)
    event.listen(engine, "connect", lambda *_: report_database_back())
    event.listen(engine, "handle_error", _as_operational_error, retval=True)
    return engine


def lift_limits(connection: Connection) -> None:
    """Let this connection take the time it takes; afterwards it is closed instead of going back to the pool."""
    connection.detach()
    connection.connection.dbapi_connection.patience = None  # type: ignore[union-attr]
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql("SET lock_timeout = 0")
    connection.commit()


def _wait(connection: extensions.connection) -> None:
    # psycopg2 closes a connection whose wait fails: what it would say next belongs to nobody.
    patience = getattr(connection, "patience", None)
    silence = SilentServer(f"the database has been silent for {patience} seconds")
    while (state := connection.poll()) != extensions.POLL_OK:
        loop = get_hub().loop
        # Before all else that is ready: what has begun, often under a lock, goes on before new requests begin.
        watcher = loop.io(connection.fileno(), EVENTS[state], priority=loop.MAXPRI)
        try:
            wait(watcher, patience, silence)
        finally:
            watcher.close()


def operational_error(error: Exception) -> OperationalError | None:
    """The same error as one of DATABASE_AWAY, if PostgreSQL is the cause and the class hides it.

    A read-only transaction is an InternalError to psycopg2 and a missing right a ProgrammingError, as mistakes of
    ours are. What catches DATABASE_AWAY has to catch both.
    """
    if isinstance(error, DATABASE_AWAY) or not is_database_trouble(error):
        return None
    return OperationalError(None, None, error)


def _as_operational_error(context: ExceptionContext) -> OperationalError | None:
    return None if context.is_disconnect else operational_error(context.original_exception)  # type: ignore[arg-type]


def _refuse_if_closed(connection: extensions.connection, record: ConnectionPoolEntry, _: object) -> None:
    if not _is_closed(connection):
        record.info[PROVEN] = True  # until the record gets another connection
    elif PROVEN in record.info:
        raise InvalidatePoolError("closed at rest")  # which condemns all that are older, and connects anew
    else:
        # SQLAlchemy would try once more, and then call it a fault of ours that no caller expects.
        raise psycopg2.OperationalError("the database closed the connection as soon as it was made")


def _is_closed(connection: extensions.connection) -> bool:
    # A server that ends says so, and says nothing else to a connection at rest. To look takes 3 µs; to ask
    # (pool_pre_ping) takes a round trip on the way of every post.
    if connection.closed:
        return True
    look = _poll()
    look.register(connection, select.POLLIN)
    return bool(look.poll(0))
