"""Rate limits over all workers, for the price of a few additions in memory.

Nobody waits for Redis here. Each worker counts what it lets in, and twice a second a greenlet adds its counts to
those of the others and learns their sums, in one round trip for all keys. So together they may let in too much for
half a second; and while Redis is away, or frozen, each worker's own count goes on limiting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from time import time
from typing import NamedTuple

import gevent
from flask import current_app
from redis.client import Pipeline

from app.config import Settings
from app.domain.rate import Rate, Window, seconds_until_free, used
from app.errors import RateLimited
from app.redis_link import RedisLink

NAME = "pulse.rates"
PREFIX = "pulse:rate:"
SYNC_EVERY = 0.5  # seconds
SWEEP_EVERY = 30.0  # seconds
SHARED = 10  # what many share (an address, a workspace) has so many times the rate of one


class Slot(NamedTuple):
    """What is counted: a key, at one of its rates."""

    key: str
    rate: Rate


@dataclass(frozen=True, slots=True)
class Limiter:
    """One limit by its setting; without rates it is off."""

    name: str
    rates: Sequence[Rate]
    counts: Counts

    def take(self, *, own: Collection[object], shared: Collection[object] = ()) -> list[Slot]:
        """Count this once for each key, or raise RateLimited and count nothing; returns what `give_back` takes."""
        if not self.rates:
            return []
        slots = [Slot(f"{self.name}:{key}", rate) for key in own for rate in self.rates]
        slots += [Slot(f"{self.name}:{key}", rate.times(SHARED)) for key in shared for rate in self.rates]
        self.counts.take(self.name, slots, time())
        return slots

    def give_back(self, slots: Collection[Slot]) -> None:
        """It turned out harmless: let it not count."""
        self.counts.add(slots, time(), -1)


class Counts:
    """This worker's windows, and what it knows of the others'. One greenlet tells and learns."""

    def __init__(self, link: RedisLink):
        self._link = link
        self._windows: dict[Slot, Window] = {}
        self._asked: set[Slot] = set()  # since the others were last told
        self._sweep_at = 0.0

    def take(self, name: str, slots: Collection[Slot], now: float) -> None:
        """Count once in each slot, or raise RateLimited for the one that takes longest to be free."""
        full = [
            (seconds_until_free(window, slot.rate, now), slot.rate)
            for slot, window in self._known(slots, now)
            if used(window, slot.rate, now) + 1 > slot.rate.amount
        ]
        if full:
            wait, rate = max(full, key=lambda found: found[0])
            raise RateLimited(name, rate.amount, rate.seconds, wait)
        self.add(slots, now, 1)

    def add(self, slots: Collection[Slot], now: float, number: int) -> None:
        """Count so many more in each slot."""
        for _slot, window in self._known(slots, now):
            window.here += number

    def run(self) -> None:
        """Tell the other workers and learn from them, for ever."""
        while True:
            gevent.sleep(SYNC_EVERY)
            self.sync(time())

    def sync(self, now: float) -> None:
        """One round trip for what was asked for since the last one."""
        self._sweep(now)
        asked, self._asked = self._asked, set()
        known = [
            (slot, window, window.here, window.number)
            for slot in asked
            if (window := self._windows.get(slot)) and window.number == now // slot.rate.seconds
        ]
        sums = self._link.pipeline(lambda pipe: self._fill(pipe, known)) if known else []
        if sums is None:  # Redis is away: to be told later
            self._asked |= asked
            return
        for (_slot, window, here, number), total in zip(known, sums[::2], strict=True):
            if window.number == number:  # it may have moved on while Redis was asked
                window.told, window.elsewhere = here, max(0, total - here)

    def _sweep(self, now: float) -> None:
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            over = [slot for slot, window in self._windows.items() if _is_over(slot, window, now)]
            for slot in over:
                del self._windows[slot]

    def _fill(self, pipe: Pipeline, known: Sequence[tuple[Slot, Window, int, int]]) -> None:
        for slot, window, here, number in known:
            name = _name(slot, number)
            pipe.incrby(name, here - window.told)
            pipe.expire(name, 2 * slot.rate.seconds)

    def _known(self, slots: Collection[Slot], now: float) -> Iterator[tuple[Slot, Window]]:
        for slot in slots:
            number = int(now // slot.rate.seconds)
            window = self._windows.get(slot)
            if window is None:
                window = self._windows[slot] = Window(number)
            window.move(number)
            self._asked.add(slot)
            yield slot, window


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What routes ask, each by the setting of its name."""

    login: Limiter
    events: Limiter
    streams: Limiter
    counts: Counts


def make(settings: Settings, link: RedisLink) -> RateLimits:
    """The limits of a worker; `counts.run` is to be spawned."""
    counts = Counts(link)
    return RateLimits(
        login=Limiter("login", settings.rate_limit_login, counts),
        events=Limiter("events", settings.rate_limit_events, counts),
        streams=Limiter("streams", settings.rate_limit_streams, counts),
        counts=counts,
    )


def rate_limits() -> RateLimits:
    """The current app's."""
    return current_app.extensions[NAME]


def network(address: str | None) -> str:
    """What one client can change its address within: itself, or with IPv6 its half of it."""
    try:
        return (
            str(ip_network((address or "", 64), strict=False))
            if ":" in (address or "")
            else address or "local"
        )
    except ValueError:
        return "local"


def fingerprint(text: str) -> str:
    """Stands for an address or a name that has no business in Redis."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _is_over(slot: Slot, window: Window, now: float) -> bool:
    return now // slot.rate.seconds > window.number + 1


def _name(slot: Slot, number: int) -> str:
    return f"{PREFIX}{slot.key}:{slot.rate.amount}/{slot.rate.seconds}:{number}"
