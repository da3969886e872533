"""Ends streams: those that match, those that are too slow or too old, and all of them at shutdown."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from time import monotonic

import gevent

from app.live.hub import Hub
from app.live.stream import Stream

SWEEP_EVERY = 0.5  # seconds
DRAIN_PER_STREAM = 0.01  # seconds; few streams drain at once, many over the whole window


def end_all(streams: Iterable[Stream], reason: str, cause: str = "") -> int:
    """End streams; `cause` is for the log. Returns how many were not ending already."""
    return sum([stream.end(reason, cause) for stream in list(streams)])


def end_matching(hub: Hub, reason: str, cause: str = "", **wanted: object) -> int:
    """End the streams whose identity has these values."""
    return end_all((stream for stream in hub.streams() if stream.identity.matches(**wanted)), reason, cause)


def end_overdue(hub: Hub) -> None:
    """End streams that are too slow or too old, and abort those whose `bye` is overdue."""
    now = monotonic()
    for stream in hub.streams():
        if stream.reason is not None:
            stream.abort_if_overdue(now)
        elif now >= stream.deadline:
            stream.end("max-duration")
        elif stream.is_slow(now):
            stream.end("slow")


def drain(hub: Hub, window: float) -> None:
    """End all streams with `shutdown`, in random order over at most `window` seconds: reconnects spread out."""
    streams = list(hub.streams())
    random.shuffle(streams)
    started, window = monotonic(), min(window, DRAIN_PER_STREAM * len(streams))
    for count, stream in enumerate(streams):
        gevent.sleep(max(0.0, started + window * count / len(streams) - monotonic()))
        stream.end("shutdown")


def abort_all(hub: Hub) -> None:
    """Break the connections of clients that have not read their `bye`: gunicorn would wait for them in vain."""
    for stream in hub.streams():
        stream.abort_if_overdue(math.inf)
