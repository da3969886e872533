"""The heartbeat: one loop a worker pings all its streams, spread over the interval, so that both ends notice a
dead line."""

from __future__ import annotations

import itertools

from app.background.periodic import every
from app.live.hub import Hub
from app.live.notices import ping_frame

LONGEST_STEP = 1.0  # seconds


def beat(hub: Hub, interval: float) -> None:
    """Ping every stream once in `interval` seconds, a part of them at each step, for ever."""
    steps = max(1, round(interval / LONGEST_STEP))
    turns = itertools.cycle(range(steps))
    every(interval / steps, lambda: _ping(hub, next(turns), steps), job="heartbeat")


def _ping(hub: Hub, turn: int, steps: int) -> None:
    hub.broadcast("ping", ping_frame(), lambda stream: id(stream) // 64 % steps == turn)
