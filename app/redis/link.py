"""Redis behind a circuit breaker: every use has a time-out, and a failure is a return value, not an exception.

Redis only notifies and caches, so nothing may wait long for it. After a failure no command is sent until a probe,
which delays no request, succeeds: a frozen Redis costs one time-out, not one a commit. A command that Redis
refuses (out of memory, read-only, no rights) fails alone and does not open the circuit: the bus may still work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import AskError, ReadOnlyError, RedisError, ResponseError
from redis.retry import Retry

from app.logs.repeated_log import RepeatedLog

log = logging.getLogger(__name__)

TIMEOUT = 1.0  # seconds for an answer
CONNECT_TIMEOUT = 0.5  # seconds
RETRY_AFTER = 10.0  # seconds without an attempt after a failure, unless a probe succeeds before
# The registry writes every 2 seconds, so without a refusal for so long, Redis refuses nothing any more.
REFUSALS_END = 10.0  # seconds
RECONNECT_EVERY = 10.0  # seconds, while a replica refuses writes
PREFIX = "pulse:"  # of every key and channel, unless PULSE_REDIS_PREFIX says otherwise


def connect(url: str) -> Redis:
    """A client that connects at first use, never retries by itself, and gives up after a second."""
    # redis-py's defaults (5 s, 10 retries) can hold a caller for most of a minute.
    return Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=CONNECT_TIMEOUT, retry=Retry(NoBackoff(), 0)
    )


def is_refusal(answer: object) -> bool:
    """Whether this answer to a command is an error."""
    return isinstance(answer, ResponseError)


def error_text(error: BaseException) -> str:
    """The message of an error, on one line. redis-py removes the first word of some of Redis' errors."""
    if isinstance(error, AskError):  # MOVED and ASK name the key's slot: another text for every key
        return "MOVED: the key belongs to another node of the cluster"
    text = str(error).strip().partition("\n")[0]
    return text if type(error) is ResponseError else f"{text} ({type(error).__name__})"


class RedisLink:
    """Pipelines with a circuit breaker, and the names of keys and channels."""

    def __init__(self, client: Redis, prefix: str = PREFIX):
        self._client = client
        self._prefix = prefix
        self._resume_at = 0.0
        self._refused_at: float | None = None
        self._reconnect_at = 0.0
        self._away_log, self._refusal_log = RepeatedLog(log), RepeatedLog(log)
        self.last_error = ""  # of the last attempt, while Redis is away

    def pipeline(
        self, fill: Callable[[Pipeline], Any], *, probe: bool = False, partly: bool = False
    ) -> list[Any] | None:
        """The answers to the commands that `fill` queues, in one round trip; None if Redis is away.

        None too if it refuses one of them; with `partly`, the answer to that one is the error. A `probe` is sent
        also while the circuit is open, and closes it for all users if it succeeds.
        """
        if not probe and monotonic() < self._resume_at:
            return None
        try:
            with self._client.pipeline(transaction=False) as pipe:
                fill(pipe)
                answers = pipe.execute(raise_on_error=False)
        except (RedisError, OSError, ValueError) as error:  # ValueError: its socket was closed meanwhile
            self._on_failure(error)
            return None
        self._on_answer()
        refused = [answer for answer in answers if is_refusal(answer)]
        if refused:
            self._on_refusals(refused)
        return None if refused and not partly else answers

    def name(self, *parts: object) -> str:
        """A key or channel of this installation: `pulse:` and the parts."""
        # Databases of one Redis share all channels: only a prefix separates installations.
        return self._prefix + "".join(map(str, parts))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _on_failure(self, error: Exception) -> None:
        self.last_error = error_text(error)
        self._away_log.warning(f"redis away: {self.last_error}")
        self._resume_at = monotonic() + RETRY_AFTER

    def _on_answer(self) -> None:
        self._resume_at, self.last_error = 0.0, ""
        self._away_log.over("redis back")
        if self._refused_at is not None and monotonic() - self._refused_at > REFUSALS_END:
            self._refused_at = None
            self._refusal_log.over("redis refuses nothing any more")

    def _on_refusals(self, refused: list[ResponseError]) -> None:
        self._refused_at = monotonic()
        for error in refused:
            self._refusal_log.warning(f"redis refuses: {error_text(error)}")
        # After a failover the connections lead to the new replica, whose messages reach no other worker.
        if any(isinstance(error, ReadOnlyError) for error in refused) and monotonic() >= self._reconnect_at:
            self._reconnect_at = monotonic() + RECONNECT_EVERY
            self._client.connection_pool.disconnect(inuse_connections=False)
