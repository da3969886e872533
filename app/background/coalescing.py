"""Request coalescing: look-ups that many greenlets make at the same time share a batch, and so its round trips.

There is no timer, as in the committer: the batch under way is the window in which the next one forms, and a single
look-up waits for no other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import gevent
from gevent.event import AsyncResult

K = TypeVar("K")
V = TypeVar("V")

MAX_BATCH = 500  # keys


class _Lookup(NamedTuple, Generic[K, V]):
    key: K
    result: AsyncResult[tuple[V]]


class Coalescer(Generic[K, V]):
    """`load` takes the keys of a batch, repeated ones too, and returns their values in the same order."""

    def __init__(self, load: Callable[[Sequence[K]], Sequence[V]]):
        self._load = load
        self._waiting: deque[_Lookup[K, V]] = deque()
        self._is_running = False

    def get(self, key: K) -> V:
        """Wait for the value, which is loaded after this call; raises what `load` raises for its batch."""
        result: AsyncResult[tuple[V]] = AsyncResult()
        self._waiting.append(_Lookup(key, result))
        if not self._is_running:
            self._is_running = True
            gevent.spawn(self._run)
        loaded = result.get()
        assert loaded is not None
        return loaded[0]

    def _run(self) -> None:
        try:
            while self._waiting:
                self._load_batch([self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))])
        finally:
            self._is_running = False

    def _load_batch(self, batch: Sequence[_Lookup[K, V]]) -> None:
        try:
            values = self._load([lookup.key for lookup in batch])
            for lookup, value in zip(batch, values, strict=True):
                lookup.result.set((value,))
        except BaseException as error:
            for lookup in batch:
                lookup.result.set_exception(error)
            if not isinstance(error, Exception):
                raise
