"""What Redis says to everything that Pulse asks of it: for readiness and the doctor, which would else guess.

A Redis that answers PING may still refuse to write (out of memory, a failed snapshot, a replica, too few replicas,
a cluster's node, missing rights), and then limits and counts are not what the documentation promises.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from redis.client import Pipeline

from app.redis.link import RedisLink, is_refusal, words_of

PROBE = "probe:"
EXPIRES = 1_000  # milliseconds
SCRIPT = "return redis.call('PTTL', KEYS[1])"


class RedisState(NamedTuple):
    """`answers`: whether it answers at all; `refuses`: its own words for each thing that it refuses."""

    answers: bool
    refuses: tuple[str, ...] = ()
    trouble: str = ""  # why it does not answer
    can_publish: bool = True  # without it news do not reach other workers, and PostgreSQL is polled

    @property
    def is_well(self) -> bool:
        """Whether everything works."""
        return self.answers and not self.refuses


def ask_redis(link: RedisLink) -> RedisState:
    """Try every kind of use once, in one round trip; it leaves keys that expire within a second."""
    key = link.name(PROBE, secrets.token_hex(4))
    answers = link.pipeline(lambda pipe: _use(pipe, key), partly=True)
    if answers is None:
        return RedisState(False, trouble=link.trouble, can_publish=False)
    refuses = tuple(dict.fromkeys(words_of(answer) for answer in answers if is_refusal(answer)))
    return RedisState(True, refuses, can_publish=not is_refusal(answers[0]))


def _use(pipe: Pipeline, key: str) -> None:
    pipe.publish(key, b"")
    pipe.set(key, 1, px=EXPIRES)
    pipe.hset(f"{key}:hash", "a", 1)
    pipe.pexpire(f"{key}:hash", EXPIRES)
    pipe.zadd(f"{key}:set", {"a": 1})
    pipe.zrangebyscore(f"{key}:set", 0, 1)
    pipe.eval(SCRIPT, 1, key)
    pipe.delete(f"{key}:hash", f"{key}:set")
