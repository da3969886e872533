"""Password hashes (argon2id), made and checked in threads so that the event loop never waits for them."""

from __future__ import annotations

import base64
import functools
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.threadpool import ThreadPool

T = TypeVar("T")

# Above OWASP's minimum (46 MiB, one pass): about 80 ms of one core. One lane, because the other
# cores belong to the event loops.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

# At most two at once: 92 MiB a worker, whatever number of people sign in.
THREADS = 2


def _hash_of_nothing() -> str:
    parameters = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (16, HASHER.hash_len))
    return f"$argon2id$v=19${parameters}${salt}${digest}"


# No password gives a digest of zeros: checking against it takes the usual time, and fails.
NO_PASSWORD = _hash_of_nothing()


def make_hash(password: str) -> str:
    """A salted hash to store; waits without blocking the loop."""
    return _in_a_thread(HASHER.hash, _bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Is this the password behind `stored`? `None` (no such user) takes as long, and is never right."""
    return _in_a_thread(_verify, stored or NO_PASSWORD, _bytes(password))


def is_outdated(stored: str) -> bool:
    """Was this hash made with other parameters than today's?"""
    return HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: bytes) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    # One keyboard sends "é" as one character and another as two: the same password all the same.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _in_a_thread(work: Callable[..., T], *arguments: object) -> T:
    return _threads().apply(work, arguments)


@functools.cache
def _threads() -> ThreadPool:
    return ThreadPool(THREADS)  # made at first use: a pool belongs to the process and its loop
