"""Who may do what, remembered for half a second: long enough for a busy script, too short for a revoked one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OLDEST = 0.5  # seconds; a revocation must be effective everywhere within one
CAPACITY = 1_024  # entries; the least recently used go first


@dataclass(slots=True)
class _Entry(Generic[V]):
    value: V
    renew_at: float  # from here on, whoever comes first asks again
    expires_at: float


class StandingCache(Generic[K, V]):
    """Answers of a look-up, none older than OLDEST. `clock` gives monotonic seconds.

    For greenlets, which take turns only inside a look-up. "Nobody" is never remembered: what has just been
    made works at once.
    """

    def __init__(self, clock: Callable[[], float], capacity: int = CAPACITY):
        self._clock = clock
        self._capacity = capacity
        self._entries: OrderedDict[K, _Entry[V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K, look_up: Callable[[], V | None]) -> V | None:
        """What `look_up` says, or said less than OLDEST seconds ago."""
        # An answer ages from the moment it was asked for: a slow database may have read it long ago.
        asked_at = self._clock()
        entry = self._entries.get(key)
        if entry and asked_at < entry.renew_at:
            self._entries.move_to_end(key)
            return entry.value
        if entry:
            # This caller asks; the others go on with what there is, instead of asking all at once.
            entry.renew_at = entry.expires_at
        return self._keep(key, look_up(), asked_at)

    def _keep(self, key: K, value: V | None, asked_at: float) -> V | None:
        if value is None:
            self._entries.pop(key, None)
            return None
        self._entries[key] = _Entry(value, asked_at + OLDEST / 2, asked_at + OLDEST)
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
        return value
