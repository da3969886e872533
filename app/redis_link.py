"""A Redis that may be away: every use is bounded in time, and a failure is an answer, not an exception.

Redis is the doorbell, never the truth, so nobody may wait for it long. After a failure it is left alone until a
probe, which nobody waits for, finds it back: a frozen Redis costs one time-out, not one a commit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

TIMEOUT = 1.0  # seconds for an answer
CONNECT_TIMEOUT = 0.5  # seconds
PAUSE = 10.0  # seconds without an attempt after a failure, unless a probe succeeds before


def connect(url: str) -> Redis:
    """A client that connects at first use, never retries by itself, and gives up after a second."""
    # redis-py's defaults (5 s, 10 retries) can hold a caller for most of a minute.
    return Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=CONNECT_TIMEOUT, retry=Retry(NoBackoff(), 0)
    )


class RedisLink:
    """Pipelines on a Redis that may be away."""

    def __init__(self, client: Redis):
        self._client = client
        self._resume_at = 0.0

    def pipeline(self, fill: Callable[[Pipeline], Any], *, probe: bool = False) -> list[Any] | None:
        """The answers to the commands that `fill` queues, in one round trip; None when Redis is away.

        A `probe` is sent even when Redis is thought to be away; its success brings everybody back.
        """
        if not probe and monotonic() < self._resume_at:
            return None
        try:
            with self._client.pipeline(transaction=False) as pipe:
                fill(pipe)
                answers = pipe.execute()
        except (RedisError, OSError, ValueError) as error:  # ValueError: its socket was closed under it
            if not probe or monotonic() >= self._resume_at:
                log.warning("redis away: %s", error)
            self._resume_at = monotonic() + PAUSE
            return None
        self._resume_at = 0.0
        return answers

    def close(self) -> None:
        """Drop the connections."""
        self._client.close()
