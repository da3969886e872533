"""Leases in Redis: which worker of the cluster does what only one should do.

A lease lasts for its time and is renewed by acquiring it again; a holder that dies just stops renewing. Any number
of them is acquired in one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from app.redis.link import RedisLink

LEASE = "lead:"
# The mark at the end of a holder's name: it holds the lease not exclusively.
SHARED = "~"
ACQUIRE = """
local mine = {}
for i, key in ipairs(KEYS) do
    local holder = redis.call('GET', key)
    local free = not holder or holder == ARGV[1] or holder == ARGV[2]
    if free or (ARGV[4] == '1' and string.sub(holder, -1) == '~') then
        redis.call('SET', key, ARGV[4] == '1' and ARGV[1] or ARGV[2], 'PX', ARGV[3])
        mine[#mine + 1] = i
    end
end
return mine
"""

Name = TypeVar("Name")


class Leases:
    """One worker's leases; `seconds` is how long one lasts unless it is renewed."""

    def __init__(self, link: RedisLink, worker: str, seconds: float):
        self._link = link
        self._worker = worker
        self._milliseconds = str(round(seconds * 1000))

    def acquire(self, names: Sequence[Name], *, exclusive: bool = True) -> set[Name] | None:
        """Acquire or renew leases; those that this worker has until they expire, or None while Redis is away.

        A lease that is not `exclusive` is lost to the first worker that acquires it exclusively.
        """
        if not names:
            return set()
        keys = [self._link.name(LEASE, name) for name in names]
        more = (self._worker, f"{self._worker}{SHARED}", self._milliseconds, "1" if exclusive else "0")
        answers = self._link.pipeline(lambda pipe: pipe.eval(ACQUIRE, len(keys), *keys, *more))
        return None if answers is None else {names[number - 1] for number in answers[0]}


class Lease:
    """One lease, on a job; `without_redis` is the answer while Redis is away."""

    def __init__(self, link: RedisLink, worker: str, name: str, seconds: float, *, without_redis: bool):
        self._leases = Leases(link, worker, seconds)
        self._name = name
        self._without_redis = without_redis

    def acquire(self) -> bool:
        """Acquire or renew it; whether this worker has it."""
        held = self._leases.acquire([self._name])
        return self._without_redis if held is None else bool(held)
