"""Engines and their connection pools: one for requests, one for commits, one for heavy reads, one for the rest.

A worker commits, ticks and fetches for all its clients, so that must not queue behind a burst of requests.
"""

from __future__ import annotations

from typing import TypedDict

from flask import Flask
from sqlalchemy import Engine, create_engine, make_url

from app.extensions import db
from app.postgres import link
from app.postgres.hosts import connect_to_first_host
from app.postgres.shrinking_pool import ShrinkingPool

BACKGROUND, COMMITS, HEAVY = "background", "commits", "heavy"
# With WEB_CONCURRENCY=4 they fit PostgreSQL's own default of 100 connections, and leave some for commands.
REQUESTS_POOL_SIZE = 6  # single queries of a millisecond each, mostly for the session
BACKGROUND_POOL_SIZE = 8  # a tick takes half of them at once
COMMIT_POOL_SIZE = 4  # one for each of the committer's lanes
HEAVY_POOL_SIZE = 4  # reads that may take seconds; see heavy_reads.py
CONNECTIONS_PER_WORKER = REQUESTS_POOL_SIZE + BACKGROUND_POOL_SIZE + COMMIT_POOL_SIZE + HEAVY_POOL_SIZE


class ConnectArguments(TypedDict):
    """What psycopg2.connect gets beside the parts of the URL."""

    application_name: str
    client_encoding: str
    connection_factory: type[link.TimeoutConnection]
    options: str


class EngineOptions(TypedDict):
    """Keyword arguments of create_engine."""

    hide_parameters: bool
    poolclass: type[ShrinkingPool]
    pool_size: int
    max_overflow: int
    pool_timeout: float
    connect_args: ConnectArguments


ENGINE_OPTIONS: EngineOptions = {
    "hide_parameters": True,  # what members post has no place in a log
    "poolclass": ShrinkingPool,
    "pool_size": REQUESTS_POOL_SIZE,
    "max_overflow": 0,  # it shrinks by itself
    "pool_timeout": 10,  # seconds
    "connect_args": {
        "application_name": "pulse",
        "client_encoding": "utf8",
        "connection_factory": link.TimeoutConnection,
        # A greenlet that is killed leaves its query running on the server, so that time-outs there have to end it.
        # Prepared statements are planned once: no parameter of ours makes another plan the better one.
        "options": f"-c timezone=UTC -c plan_cache_mode=force_generic_plan {link.SERVER_TIMEOUTS}",
    },
}


def engine_options(url: str, pool_size: int = REQUESTS_POOL_SIZE) -> EngineOptions:
    """The options of an engine for this URL; `options` and `application_name` in the URL win over ours."""
    query = make_url(url).query
    arguments = ENGINE_OPTIONS["connect_args"].copy()
    arguments["application_name"] = str(query.get("application_name", arguments["application_name"]))
    # Times are read and written in UTC, whatever the URL says.
    arguments["options"] = f"{arguments['options']} {query.get('options', '')} -c timezone=UTC"
    return {**ENGINE_OPTIONS, "connect_args": arguments, "pool_size": pool_size}


def init_app(app: Flask) -> None:
    """Make psycopg2 wait as gevent does, and the requests' pool hand out open connections only."""
    link.install_gevent_wait()
    # It would look for a session to close after every request; requests borrow connections for single queries.
    app.teardown_appcontext_funcs.remove(db._teardown_session)
    with app.app_context():
        connect_to_first_host(link.discard_closed_connections(db.engine))


def background_engine(url: str) -> Engine:
    """An engine for a worker's background work; it connects at first use."""
    return _engine(url, BACKGROUND_POOL_SIZE)


def worker_engines(url: str) -> dict[str, Engine]:
    """A worker's engines by pool; commits and heavy reads have their own, so that neither waits for the other."""
    return {
        BACKGROUND: background_engine(url),
        COMMITS: _engine(url, COMMIT_POOL_SIZE),
        HEAVY: _engine(url, HEAVY_POOL_SIZE),
    }


def _engine(url: str, size: int) -> Engine:
    engine = create_engine(url, **engine_options(url, size))
    return connect_to_first_host(link.discard_closed_connections(engine))
