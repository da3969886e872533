"""Bounds on request bodies that are being received: how long each may take, and how many there are at once.

gunicorn has no time limit for a body. A few thousand posts that send a byte now and then would take all of a
worker's connections, and with them health checks and everybody else's requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from flask import Flask, request
from gevent import get_hub, getcurrent
from greenlet import greenlet

from app.errors import BodyTooSlow, Unavailable
from app.extensions import component, register

T = TypeVar("T")

MAX_AT_ONCE = 1_000  # in a worker: half of gunicorn's worker_connections
MAX_PER_CLIENT = 250  # of one address
RETRY_AFTER = 5  # seconds


class _Late(Exception):
    """Raised in the greenlet that reads; an Exception, so that gunicorn does not use the connection again."""


class BodyReads:
    """The bodies that this worker is receiving. One timer bounds them all: one for each takes 4 µs a post."""

    def __init__(self, seconds: float, max_at_once: int = MAX_AT_ONCE, max_per_client: int = MAX_PER_CLIENT):
        self._seconds = seconds
        self._max_at_once = max_at_once
        self._max_per_client = max_per_client
        self._deadlines: dict[greenlet, float] = {}  # monotonic seconds, the earliest first
        self._by_client: Counter[str] = Counter()
        self._timer: object = None

    def run(self, client: str, read: Callable[[], T]) -> T:
        """What `read` returns; raises BodyTooSlow once it has taken too long, Unavailable if too many are read."""
        if len(self._deadlines) >= self._max_at_once or self._by_client[client] >= self._max_per_client:
            _give_up_connection()
            raise Unavailable("Too many bodies are being received.", retry_after=RETRY_AFTER)
        reader = getcurrent()
        self._by_client[client] += 1
        self._deadlines[reader] = monotonic() + self._seconds
        try:
            if self._timer is None:
                self._start_timer()
            return read()
        except _Late:
            raise BodyTooSlow(f"It took longer than {self._seconds:g} seconds.") from None
        finally:
            del self._deadlines[reader]
            self._leave(client)

    def _start_timer(self) -> None:
        # After the fork; `ref=False`: it alone keeps no event loop running.
        period = min(1.0, self._seconds / 10)
        timer = get_hub().loop.timer(period, period, ref=False)
        timer.start(self._interrupt_late)
        self._timer = timer

    def _interrupt_late(self) -> None:
        # In the hub's greenlet: no reader runs between the look at its deadline and the exception.
        now = monotonic()
        for reader, deadline in list(self._deadlines.items()):
            if deadline > now:
                return
            reader.throw(_Late)

    def _leave(self, client: str) -> None:
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
