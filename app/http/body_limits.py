"""Bounds on request bodies that are being received: how long each may take, and how many there are at once.

gunicorn has no time limit for a body. A few thousand posts that send a byte now and then would take all of a
worker's connections, and with them health checks and everybody else's requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import gevent
from flask import Flask, request

from app.errors import BodyTooSlow, Unavailable
from app.extensions import component, register

T = TypeVar("T")

MAX_AT_ONCE = 1_000  # in a worker: half of gunicorn's worker_connections
MAX_PER_CLIENT = 250  # of one address
RETRY_AFTER = 5  # seconds


class _Late(Exception):
    """Raised in the greenlet that reads; an Exception, so that gunicorn does not use the connection again."""


class BodyReads:
    """The bodies that this worker is receiving."""

    def __init__(self, seconds: float, max_at_once: int = MAX_AT_ONCE, max_per_client: int = MAX_PER_CLIENT):
        self._seconds = seconds
        self._max_at_once = max_at_once
        self._max_per_client = max_per_client
        self._count = 0
        self._by_client: Counter[str] = Counter()

    def run(self, client: str, read: Callable[[], T]) -> T:
        """What `read` returns; raises BodyTooSlow once it has taken too long, Unavailable if too many are read."""
        if self._count >= self._max_at_once or self._by_client[client] >= self._max_per_client:
            _give_up_connection()
            raise Unavailable("Too many bodies are being received.", retry_after=RETRY_AFTER)
        self._count += 1
        self._by_client[client] += 1
        timer = gevent.Timeout.start_new(self._seconds, _Late)
        try:
            return read()
        except _Late:
            raise BodyTooSlow(f"It took longer than {self._seconds:g} seconds.") from None
        finally:
            timer.close()
            self._leave(client)

    def _leave(self, client: str) -> None:
        self._count -= 1
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]


def _give_up_connection() -> None:
    # gunicorn would wait for the rest of the body, so that the connection can be used again: up to 15 seconds.
    body = request.environ["wsgi.input"]
    if hasattr(body, "failed"):
        body.failed = True


def body_reads() -> BodyReads:
    """The current app's."""
    return component(BodyReads)


def init_app(app: Flask) -> None:
    """Bound the bodies that this app receives."""
    register(app, BodyReads(app.config["PULSE"].body_timeout))
