"""Connections to PostgreSQL: one pool for requests, and one for the worker's own work.

The worker commits, ticks and fetches for everybody, so it must not queue behind a herd of requests.
"""

from __future__ import annotations

from typing import Any

import gevent
from sqlalchemy import Dialect, Engine, create_engine, event

POOL_SIZE = 10
CONNECT_TIMEOUT = 5.0  # seconds
BACKGROUND_POOL_SIZE = 14  # a computation takes ten at once, the committer one, the hub the rest
# A greenlet that is killed leaves its query running on the server: time limits there bound everything.
ENGINE_OPTIONS: dict[str, Any] = {
    "hide_parameters": True,  # what members post has no place in a log
    "pool_size": POOL_SIZE,
    "max_overflow": 10,
    "pool_timeout": 10,  # seconds
    "connect_args": {
        "application_name": "pulse",
        "options": "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=30s",
    },
}


def background_engine(url: str) -> Engine:
    """An engine for the worker's own work; it connects at first use."""
    return bound(create_engine(url, **ENGINE_OPTIONS | {"pool_size": BACKGROUND_POOL_SIZE}))


def bound(engine: Engine) -> Engine:
    """Let connecting end in time: psycopg2 heeds no `connect_timeout` while gevent waits for it."""

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _record: object, arguments: list, parameters: dict) -> object:
        late = dialect.loaded_dbapi.OperationalError(f"no connection within {CONNECT_TIMEOUT:g} seconds")
        with gevent.Timeout(CONNECT_TIMEOUT, late):
            return dialect.connect(*arguments, **parameters)

    return engine
