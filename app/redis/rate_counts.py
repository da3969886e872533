"""Sliding windows by key, in this worker's memory, synchronised with those of other workers through Redis.

The number of windows is bounded in both, and a check creates none: keys come from clients, including
unauthenticated ones.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable
from itertools import groupby, islice
from typing import NamedTuple

from redis.client import Pipeline

from app.domain.rate import Rate, RateWindow, has_room, seconds_until_free
from app.errors import RateLimited
from app.redis.link import RedisLink

PREFIX = "rate:"
SYNC_EVERY = 0.5  # seconds
MAX_WINDOWS = 50_000  # of each period, in a worker: some 20 MB; the least recently used are dropped first
MAX_KEYS = 50_000  # that a worker creates in Redis in each period; beyond, it limits by its own counts
BATCH = 500  # windows synchronised at once: more would delay the streams
MAX_SWEEP = 2_000  # windows that one synchronisation drops because they are over


class Slot(NamedTuple):
    """A key at one of its rates."""

    key: str
    rate: Rate


class Charge(NamedTuple):
    """The counts of one request, for a refund."""

    slots: Collection[Slot]
    amount: int
    at: float


class _Update(NamedTuple):
    """A window as it was when it was sent to Redis, and how much it had counted since the last time."""

    slot: Slot
    window: RateWindow
    here: int
    number: int
    more: int

    @property
    def creates_key(self) -> bool:
        """Whether this window is sent to Redis for the first time."""
        return self.more != 0 and self.window.reported == 0

    @property
    def period(self) -> tuple[int, int]:
        """Which window of which length."""
        return self.slot.rate.seconds, self.number


class WindowCounts:
    """This worker's windows, with the sums of the others. A job synchronises them."""

    def __init__(self, link: RedisLink, max_windows: int = MAX_WINDOWS, max_keys: int = MAX_KEYS):
        self._link = link
        self._max_windows = max_windows
        self._max_keys = max_keys
        # By period; within it the least recently used first, so that what is over stands in front.
        self._windows: defaultdict[int, OrderedDict[Slot, RateWindow]] = defaultdict(OrderedDict)
        self._used: set[Slot] = set()  # since the last synchronisation
        self._created: Counter[tuple[int, int]] = Counter()  # keys created in Redis, by period and window

    def __len__(self) -> int:
        return sum(map(len, self._windows.values()))

    def charge(self, name: str, slots: Collection[Slot], now: float, amount: int = 1) -> Charge:
        """Count `amount` in each slot, or raise RateLimited for the first key that has a full one.

        Of several full slots of a key, the error names the one that takes longest to be free.
        """
        found = [(slot, self._find(slot, now)) for slot in slots]
        if not all(window is None or has_room(window, slot.rate, now, amount) for slot, window in found):
            _refuse_full(name, found, now, amount)
        for slot, window in found:
            (window or self._make(slot, now)).here += amount
        return Charge(slots, amount, now)

    def check(self, name: str, slots: Iterable[Slot], now: float, divisor: int = 1) -> None:
        """Raise RateLimited as `charge` does, by divided rates, and count nothing."""
        found = [(slot, self._find(slot, now)) for slot in slots]
        _refuse_full(
            name, [(Slot(key, rate.divided(divisor)), window) for (key, rate), window in found], now, 1
        )

    def is_full(self, slots: Iterable[Slot], now: float) -> bool:
        """Whether one of these slots has no room."""
        found = [(slot, self._find(slot, now)) for slot in slots]
        return any(window and not has_room(window, slot.rate, now) for slot, window in found)

    def add(self, slots: Iterable[Slot], now: float, amount: int) -> None:
        """Add `amount` to each slot."""
        for slot in slots:
            (self._find(slot, now) or self._make(slot, now)).here += amount

    def refund(self, charge: Charge) -> None:
        """Subtract a charge from the windows in which it was counted, if they still exist."""
        for slot in charge.slots:
            window = self._windows[slot.rate.seconds].get(slot)
            number = int(charge.at // slot.rate.seconds)
            if window and window.number == number:
                window.here -= charge.amount
                self._used.add(slot)
            elif window and window.number == number + 1:
                window.before = max(0, window.before - charge.amount)

    def sync(self, now: float) -> None:
        """Send the other workers what was counted since the last time, and read their sums."""
        self._drop_over(now)
        used = list(self._used)
        self._used = set()
        for start in range(0, len(used), BATCH):
            if not self._sync_some(used[start : start + BATCH], now):
                # Redis is away: sent later, unless it has been dropped by then.
                late = used[start:]
                self._used.update(slot for slot in late if slot in self._windows[slot.rate.seconds])
                return

    def _sync_some(self, slots: Iterable[Slot], now: float) -> bool:
        known = [
            _Update(slot, window, window.here, window.number, window.here - window.reported)
            for slot in slots
            if (window := self._windows[slot.rate.seconds].get(slot))
            and window.number == now // slot.rate.seconds
        ]
        known = [update for update in known if self._may_send(update)]
        answers = (
            self._link.pipeline(lambda pipe: _fill(pipe, self._link.name(PREFIX), known)) if known else []
        )
        if answers is None:
            self._created.subtract(update.period for update in known if update.creates_key)
            return False
        totals = iter(answers)
        for _slot, window, here, number, more in known:
            total = int(next(totals) or 0)
            if more:
                next(totals)  # of the expiry
            if window.number == number:  # it may have advanced during the round trip
                window.reported, window.elsewhere = here, max(0, total - here)
        return True

    def _may_send(self, update: _Update) -> bool:
        if not update.creates_key:
            return True
        self._created[update.period] += 1
        return self._created[update.period] <= self._max_keys

    def _drop_over(self, now: float) -> None:
        for seconds, windows in self._windows.items():
            current = now // seconds
            front = list(islice(windows.items(), MAX_SWEEP))
            for slot, window in front:
                if window.number >= current - 1:
                    break
                del windows[slot]
        for seconds in [seconds for seconds, windows in self._windows.items() if not windows]:
            del self._windows[seconds]
        for period in [period for period in self._created if now // period[0] > period[1]]:
            del self._created[period]

    def _find(self, slot: Slot, now: float) -> RateWindow | None:
        seconds = slot.rate.seconds
        windows = self._windows[seconds]
        window = windows.get(slot)
        if window is not None:
            window.move(int(now // seconds))
            windows.move_to_end(slot)
            self._used.add(slot)
        return window

    def _make(self, slot: Slot, now: float) -> RateWindow:
        seconds = slot.rate.seconds
        windows = self._windows[seconds]
        # One slot may stand in a group twice.
        window = windows.setdefault(slot, RateWindow(int(now // seconds)))
        self._used.add(slot)
        if len(windows) > self._max_windows:
            windows.popitem(last=False)
        return window


def _refuse_full(
    name: str, windows: Iterable[tuple[Slot, RateWindow | None]], now: float, amount: int
) -> None:
    for _key, of_key in groupby(windows, key=lambda found: found[0].key):
        full = [
            (seconds_until_free(window, slot.rate, now, amount), slot.rate)
            for slot, window in of_key
            if window and not has_room(window, slot.rate, now, amount)
        ]
        if full:
            wait, rate = max(full, key=lambda found: found[0])
            raise RateLimited(name, rate.amount, rate.seconds, wait)


def _fill(pipe: Pipeline, prefix: str, known: Iterable[_Update]) -> None:
    for slot, _window, _here, number, more in known:
        name = f"{prefix}{slot.key}:{slot.rate.amount}/{slot.rate.seconds}:{number}"
        if more:
            pipe.incrby(name, more)
            pipe.expire(name, 2 * slot.rate.seconds)
        else:  # a check must not create a key
            pipe.get(name)
