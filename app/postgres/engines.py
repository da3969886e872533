"""Connections to PostgreSQL: a pool for requests, one for commits, and one for the worker's other work.

The worker commits, ticks and fetches for everybody, so it must not queue behind a herd of requests.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, make_url

from app.extensions import db
from app.postgres import link
from app.postgres.hosts import watch_hosts
from app.postgres.shrinking_pool import ShrinkingPool

BACKGROUND, COMMITS, HEAVY = "background", "commits", "heavy"
# With WEB_CONCURRENCY=4 they fit PostgreSQL's own default of 100 connections, and leave some for commands.
REQUESTS_POOL_SIZE = 6  # single questions of a millisecond each, mostly whose session it is
BACKGROUND_POOL_SIZE = 8  # a tick takes half of them at once
COMMIT_POOL_SIZE = 4  # one for each of the committer's lanes
HEAVY_POOL_SIZE = 4  # reads that may take seconds; see heavy_reads.py
CONNECTIONS_PER_WORKER = REQUESTS_POOL_SIZE + BACKGROUND_POOL_SIZE + COMMIT_POOL_SIZE + HEAVY_POOL_SIZE
ENGINE_OPTIONS: dict[str, Any] = {
    "hide_parameters": True,  # what members post has no place in a log
    "poolclass": ShrinkingPool,
    "pool_size": REQUESTS_POOL_SIZE,
    "max_overflow": 0,  # it shrinks by itself
    "pool_timeout": 10,  # seconds
    "connect_args": {
        "application_name": "pulse",
        "client_encoding": "utf8",
        "connection_factory": link.Link,
        # A greenlet that is killed leaves its query running on the server: limits there bound everything.
        # What is prepared is planned once: what it is asked with never changes how best to answer.
        "options": f"-c timezone=UTC -c plan_cache_mode=force_generic_plan {link.LIMITS}",
    },
}


def engine_options(url: str) -> dict[str, Any]:
    """The options of an engine for this URL: what the URL says of `options` and the like is added, and wins."""
    query = make_url(url).query
    arguments = ENGINE_OPTIONS["connect_args"] | {
        name: query[name] for name in ("application_name",) if name in query
    }
    # Times are read and written in UTC, whatever the URL says.
    arguments["options"] = f"{arguments['options']} {query.get('options', '')} -c timezone=UTC"
    return ENGINE_OPTIONS | {"connect_args": arguments}


def init_app(app: Flask) -> None:
    """Have psycopg2 wait as gevent does, and the requests' pool hand out live connections only."""
    link.cooperate()
    # Every request would look for a session to put away; we borrow connections for single questions instead.
    app.teardown_appcontext_funcs.remove(db._teardown_session)
    with app.app_context():
        watch_hosts(link.watch(db.engine))


def background_engine(url: str) -> Engine:
    """An engine for the worker's own work; it connects at first use."""
    return _engine(url, BACKGROUND_POOL_SIZE)


def worker_engines(url: str) -> dict[str, Engine]:
    """A worker's engines by pool; commits and heavy reads have their own, so that neither waits for the other."""
    return {
        BACKGROUND: background_engine(url),
        COMMITS: _engine(url, COMMIT_POOL_SIZE),
        HEAVY: _engine(url, HEAVY_POOL_SIZE),
    }


def _engine(url: str, size: int) -> Engine:
    options = engine_options(url) | {"pool_size": size}
    return watch_hosts(link.watch(create_engine(url, **options)))
