"""The heartbeat: pings all streams of a worker, spread over the interval, so that both ends notice a dead line."""

from __future__ import annotations

import itertools

from app.live.frames import ping_frame
from app.live.hub import Hub

MAX_STEP = 1.0  # seconds


class Heartbeat:
    """Pings every stream once in `interval` seconds: a share of them at each step, one `every` so many seconds."""

    def __init__(self, hub: Hub, interval: float):
        self._hub = hub
        self._steps = max(1, round(interval / MAX_STEP))
        self._turns = itertools.cycle(range(self._steps))
        self.every = interval / self._steps

    def ping_next(self) -> None:
        """Ping the streams whose turn it is."""
        turn, steps = next(self._turns), self._steps
        self._hub.broadcast("ping", ping_frame(), lambda stream: id(stream) // 64 % steps == turn)
