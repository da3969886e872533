"""The heartbeat: one loop a worker pings all its streams, spread over the interval, so that both ends notice a
dead line."""

from __future__ import annotations

import gevent

from app.live.hub import Hub
from app.live.notices import ping_frame

LONGEST_STEP = 1.0  # seconds


def beat(hub: Hub, interval: float) -> None:
    """Ping every stream once in `interval` seconds, a part of them at each step, for ever."""
    steps = max(1, round(interval / LONGEST_STEP))
    step = 0
    while True:
        gevent.sleep(interval / steps)
        step = (step + 1) % steps
        hub.broadcast("ping", ping_frame(), lambda stream, turn=step: id(stream) // 64 % steps == turn)
