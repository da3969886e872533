"""Credential cache: look-ups of tokens for half a second; saves a busy script's queries, bounds revocation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

TTL = 0.5  # seconds; a revocation must be effective everywhere within one second
CAPACITY = 1_024  # entries; the least recently used go first


@dataclass(slots=True)
class _Entry(Generic[V]):
    value: V
    renew_at: float  # the first read from here on looks up again
    expires_at: float


class CredentialCache(Generic[K, V]):
    """An LRU cache of look-ups, none older than TTL. `clock` gives monotonic seconds.

    For greenlets, which switch only inside a look-up. A look-up without a result is never cached, so that a new
    token works at once.
    """

    def __init__(self, clock: Callable[[], float], capacity: int = CAPACITY):
        self._clock = clock
        self._capacity = capacity
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K, look_up: Callable[[], V | None]) -> V | None:
        """The result of `look_up`, or the cached one of less than TTL seconds ago."""
        # A result ages from the start of its look-up: a slow database may have read it long ago.
        started_at = self._clock()
        entry = self._entries.get(key)
        if entry and started_at < entry.renew_at:
            self._entries.move_to_end(key)
            return entry.value
        if entry:
            # This caller looks up; concurrent ones use the cached value instead of looking up all at once.
            entry.renew_at = entry.expires_at
        return self._store(key, look_up(), started_at)

    def _store(self, key: K, value: V | None, started_at: float) -> V | None:
        if value is None:
            self._entries.pop(key, None)
            return None
        self._entries[key] = _Entry(value, started_at + TTL / 2, started_at + TTL)
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
        return value
