"""A connection pool that shrinks again after a rush: what was not needed for a while is closed.

SQLAlchemy's pool keeps all that a rush has opened for as long as the process lives: a stock PostgreSQL with 100
connections was full for good after one busy minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

SHRINK_EVERY = 30.0  # seconds


class ShrinkingPool(QueuePool):
    """A QueuePool that hands out the connection used last, so that those not needed stay unused."""

    # SQLAlchemy names a pool's logger after its class: under `app` its notes for debugging would be lines of ours.
    _sqla_logger_namespace = "sqlalchemy.pool.impl.QueuePool"

    def __init__(self, creator: Any, **options: Any):
        super().__init__(creator, **options | {"use_lifo": True})
        self._fewest_idle = 0  # since the last look: so many have not been needed

    def shrink(self) -> int:
        """Close the connections that were idle all the time since the last call; returns how many."""
        surplus = [self._pool.queue.popleft() for _ in range(min(self._fewest_idle, self.checkedin()))]
        for record in surplus:  # the one used longest ago first
            record.close()
            self._dec_overflow()
        self._fewest_idle = self.checkedin()
        return len(surplus)

    def _do_get(self) -> ConnectionPoolEntry:
        record = super()._do_get()
        self._fewest_idle = min(self._fewest_idle, self.checkedin())
        return record


def shrink_all(engines: Iterable[Engine]) -> None:
    """Shrink the pools of these engines."""
    for engine in engines:
        if isinstance(engine.pool, ShrinkingPool):
            engine.pool.shrink()
