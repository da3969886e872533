"""A connection pool that shrinks after a burst: connections that were idle for a while are closed.

SQLAlchemy's pool keeps every connection that a burst has opened for as long as the process lives: a stock
PostgreSQL with 100 connections was full for good after one busy minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Queue

SHRINK_EVERY = 30.0  # seconds


class ShrinkingPool(QueuePool):
    """A QueuePool that hands out the connection used last, so that surplus ones stay idle."""

    # SQLAlchemy names a pool's logger after its class: under `app` its debug lines would appear in our log.
    _sqla_logger_namespace = "sqlalchemy.pool.impl.QueuePool"

    def __init__(self, creator: Any, **options: Any):
        super().__init__(creator, **options | {"use_lifo": True})
        self._fewest_idle = 0  # since the last shrinking: so many connections were surplus

    def shrink(self) -> int:
        """Close the connections that were idle all the time since the last call; returns how many."""
        assert isinstance(self._pool, Queue)
        surplus = [self._pool.queue.popleft() for _ in range(min(self._fewest_idle, self.checkedin()))]
        for record in surplus:  # the least recently used first
            record.close()
            self._dec_overflow()
        self._fewest_idle = self.checkedin()
        return len(surplus)

    def _do_get(self) -> ConnectionPoolEntry:
        record = super()._do_get()
        self._fewest_idle = min(self._fewest_idle, self.checkedin())
        return record


def checked_out(engine: Engine) -> int:
    """The connections of an engine's pool that are in use."""
    assert isinstance(engine.pool, QueuePool)
    return engine.pool.checkedout()


def shrink_all(engines: Iterable[Engine]) -> None:
    """Shrink the pools of these engines."""
    for engine in engines:
        if isinstance(engine.pool, ShrinkingPool):
            engine.pool.shrink()
