"""State of Redis for readiness: tries every kind of command that Pulse uses.

A Redis that answers PING may still refuse to write (out of memory, a failed snapshot, a replica, too few replicas,
a cluster's node, missing rights), and then limits and counts are not what the documentation promises.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from redis.client import Pipeline

from app.redis.link import RedisLink, error_text, is_refusal

PROBE = "probe:"
TTL = 1_000  # milliseconds
SCRIPT = "return redis.call('PTTL', KEYS[1])"


class RedisState(NamedTuple):
    """`answers`: whether it answers at all; `refuses`: its error for each refused command, without repeats."""

    answers: bool
    refuses: tuple[str, ...] = ()
    error: str = ""  # why it does not answer
    can_publish: bool = True  # else messages do not reach other workers, and PostgreSQL is polled

    @property
    def is_well(self) -> bool:
        """Whether everything works."""
        return self.answers and not self.refuses


def probe_redis(link: RedisLink) -> RedisState:
    """Try every kind of command once, in one round trip; leaves keys that expire within a second."""
    key = link.name(PROBE, secrets.token_hex(4))
    answers = link.pipeline(lambda pipe: _fill(pipe, key), partly=True)
    if answers is None:
        return RedisState(False, error=link.last_error, can_publish=False)
    refuses = tuple(dict.fromkeys(error_text(answer) for answer in answers if is_refusal(answer)))
    return RedisState(True, refuses, can_publish=not is_refusal(answers[0]))


def _fill(pipe: Pipeline, key: str) -> None:
    pipe.publish(key, b"")
    pipe.set(key, 1, px=TTL)
    pipe.hset(f"{key}:hash", "a", 1)
    pipe.pexpire(f"{key}:hash", TTL)
    pipe.zadd(f"{key}:set", {"a": 1})
    pipe.zrangebyscore(f"{key}:set", 0, 1)
    pipe.eval(SCRIPT, 1, key)
    pipe.delete(f"{key}:hash", f"{key}:set")
