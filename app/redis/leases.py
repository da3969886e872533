"""Leases in Redis: which worker does a thing that only one should do.

A lease lasts for its time and is renewed by being claimed again; a holder that dies just stops claiming. Any
number of them is claimed in one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from app.redis.link import RedisLink

LEASE = "lead:"
# A holder that does a thing only while nobody needs it gives way to one that does (its name ends with the mark).
GIVES_WAY = "~"
CLAIM = """
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
    """One worker's leases; `seconds` is how long one lasts unless it is claimed again."""

    def __init__(self, link: RedisLink, worker: str, seconds: float):
        self._link = link
        self._worker = worker
        self._milliseconds = str(round(seconds * 1000))

    def claim(self, names: Sequence[Name], *, firmly: bool = True) -> set[Name] | None:
        """Those of the things that this worker is to do, from now until the lease ends; None while Redis is away.

        What was claimed, but not `firmly`, is left to whoever claims it firmly.
        """
        if not names:
            return set()
        keys = [self._link.name(LEASE, name) for name in names]
        more = (self._worker, f"{self._worker}{GIVES_WAY}", self._milliseconds, "1" if firmly else "0")
        answers = self._link.pipeline(lambda pipe: pipe.eval(CLAIM, len(keys), *keys, *more))
        return None if answers is None else {names[number - 1] for number in answers[0]}
