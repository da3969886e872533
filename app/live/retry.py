"""When a client should come back: at random, so that a herd spreads."""

import random


def retry_delay() -> int:
    """Milliseconds for an SSE `retry` field, 1 to 5 seconds."""
    return random.randint(1_000, 5_000)
