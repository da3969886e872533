"""Rate limits over all workers: sliding windows in memory, synchronised through Redis twice a second.

No request waits for Redis: each worker counts what it lets in, and a greenlet adds its counts to those of the
others and reads their sums. So together they may let in too much for half a second; and while Redis is away, or
frozen, each worker's own count goes on limiting.

Keys come from clients, also from those who have not signed in. So a refusal leaves nothing behind, neither here
nor in Redis, and both hold a bounded number of windows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from time import time

from app.domain.rate import Rate
from app.extensions import component
from app.redis.link import RedisLink
from app.redis.rate_counts import Charge, Counts, Slot
from app.settings.config import Settings

SHARED = 10  # what many share (an address, a workspace) has so many times the rate of one
SLOWED = 10  # whose shared bucket is full has so many times less
NOTHING = Charge((), 0, 0.0)


@dataclass(frozen=True, slots=True)
class Limiter:
    """One limit by its setting; without rates it is off."""

    name: str
    rates: tuple[Rate, ...]
    counts: Counts

    def take(self, *, own: Collection[object], shared: Collection[object] = (), amount: int = 1) -> Charge:
        """Count `amount` for each key, or raise RateLimited and count nothing; what is shared is asked first.

        More than a rate ever allows at once is let in where nothing has been counted yet.
        """
        if not self.rates:
            return NOTHING
        slots = self._slots(shared, SHARED) + self._slots(own, 1)
        return self.counts.take(self.name, slots, time(), amount)

    def take_slowed(self, *, own: Collection[object], shared: Collection[object], slowing: object) -> Charge:
        """`take` one; where the bucket of `slowing` is full, `own` keys have a tenth of their rate, at least one.

        So a client is not shut out by what others count for that key.
        """
        if not self.rates:
            return NOTHING
        now, mine, many = time(), self._slots(own, 1), self._slots([slowing], SHARED)
        slots = self._slots(shared, SHARED) + mine
        self.counts.check(self.name, slots, now)
        if self.counts.is_full(many, now):
            self.counts.check(self.name, mine, now, SLOWED)
        self.counts.add([*slots, *many], now, 1)
        return Charge([*slots, *many], 1, now)

    def _slots(self, keys: Collection[object], factor: int) -> list[Slot]:
        return [slot for key in keys for slot in _slots(self.name, self.rates, key, factor)]

    def give_back(self, charge: Charge) -> None:
        """It turned out harmless: let it not count."""
        self.counts.give_back(charge)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What routes ask, each by the setting of its name."""

    login: Limiter
    events: Limiter
    bytes: Limiter
    streams: Limiter
    mail: Limiter
    reads: Limiter
    counts: Counts


def make(settings: Settings, link: RedisLink) -> RateLimits:
    """The limits of a worker; `counts.run` is to be spawned."""
    counts = Counts(link)
    return RateLimits(
        login=Limiter("login", settings.rate_limit_login, counts),
        events=Limiter("events", settings.rate_limit_events, counts),
        bytes=Limiter("bytes", settings.rate_limit_bytes, counts),
        streams=Limiter("streams", settings.rate_limit_streams, counts),
        mail=Limiter("mail", settings.rate_limit_mail, counts),
        reads=Limiter("reads", settings.rate_limit_reads, counts),
        counts=counts,
    )


def rate_limits() -> RateLimits:
    """The current app's."""
    return component(RateLimits)


def fingerprint(text: str) -> str:
    """Stands for an address or a name that has no business in Redis."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@lru_cache(maxsize=4096)  # a UUID becomes text once, and not with every post
def _slots(name: str, rates: tuple[Rate, ...], key: object, factor: int) -> tuple[Slot, ...]:
    return tuple(Slot(f"{name}:{key}", rate.times(factor)) for rate in rates)
