"""A cached value with an expiry: many concurrent readers cost one computation, instead of one each."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

V = TypeVar("V")


class TimedValue(Generic[V]):
    """What `compute` returned less than `seconds` ago; while it runs, all other readers wait for its result."""

    def __init__(self, compute: Callable[[], V], seconds: float, clock: Callable[[], float] = monotonic):
        self._compute = compute
        self._seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[V, float] | None = None  # with the time at which it expires

    def get(self) -> V:
        """The cached value, computed first if it has expired; raises what `compute` raises, and caches nothing."""
        if (found := self._found) and self._clock() < found[1]:
            return found[0]
        with self._lock:
            # Another reader may have computed it while this one waited for the lock.
            if not self._found or self._clock() >= self._found[1]:
                self._found = (self._compute(), self._clock() + self._seconds)
            return self._found[0]
