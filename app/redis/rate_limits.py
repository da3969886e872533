"""Rate limits over all workers: sliding windows in memory, synchronised through Redis twice a second.

No request waits for Redis: each worker counts what it admits, and a job adds its counts to those of the others and
reads the sums. So together they may admit too much for half a second; and while Redis is away, or frozen, each
worker limits by its own counts.

Keys come from clients, including unauthenticated ones. So a refusal stores nothing, neither here nor in Redis, and
the number of windows is bounded in both.
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
from app.redis.rate_counts import Charge, Slot, WindowCounts
from app.settings.config import Settings

SHARED_FACTOR = 10  # a key that many share (an address, a workspace) has so many times the rate of one
SLOWED_DIVISOR = 10  # while the shared bucket is full, a client has its rate divided by that
NO_CHARGE = Charge((), 0, 0.0)


@dataclass(frozen=True, slots=True)
class Limiter:
    """One limit by its setting; without rates it is off."""

    name: str
    rates: tuple[Rate, ...]
    counts: WindowCounts

    def charge(self, *, own: Collection[object], shared: Collection[object] = (), amount: int = 1) -> Charge:
        """Count `amount` for each key, or raise RateLimited and count nothing; shared keys are checked first.

        An amount beyond the whole rate is admitted if nothing has been counted yet.
        """
        if not self.rates:
            return NO_CHARGE
        slots = self._slots(shared, SHARED_FACTOR) + self._slots(own, 1)
        return self.counts.charge(self.name, slots, time(), amount)

    def charge_slowed(
        self, *, own: Collection[object], shared: Collection[object], slowing: object
    ) -> Charge:
        """`charge` one; while the bucket of `slowing` is full, `own` keys have a tenth of their rate.

        So other clients' attempts for that key slow a client, but do not lock it out.
        """
        if not self.rates:
            return NO_CHARGE
        now, mine, many = time(), self._slots(own, 1), self._slots([slowing], SHARED_FACTOR)
        slots = self._slots(shared, SHARED_FACTOR) + mine
        self.counts.check(self.name, slots, now)
        if self.counts.is_full(many, now):
            self.counts.check(self.name, mine, now, SLOWED_DIVISOR)
        self.counts.add([*slots, *many], now, 1)
        return Charge([*slots, *many], 1, now)

    def _slots(self, keys: Collection[object], factor: int) -> list[Slot]:
        return [slot for key in keys for slot in _slots(self.name, self.rates, key, factor)]

    def refund(self, charge: Charge) -> None:
        """Take a charge back, which turned out harmless."""
        self.counts.refund(charge)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits, each by the setting of its name."""

    login: Limiter
    events: Limiter
    bytes: Limiter
    streams: Limiter
    mail: Limiter
    reads: Limiter
    counts: WindowCounts


def make(settings: Settings, link: RedisLink) -> RateLimits:
    """The limits of a worker; a job has to call `counts.sync`."""
    counts = WindowCounts(link)
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
    """A hash in place of an address or name, which must not be stored in Redis."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@lru_cache(maxsize=4096)  # so that a UUID is formatted once, not with every post
def _slots(name: str, rates: tuple[Rate, ...], key: object, factor: int) -> tuple[Slot, ...]:
    return tuple(Slot(f"{name}:{key}", rate.times(factor)) for rate in rates)
