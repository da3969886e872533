"""The heartbeat: one loop a worker pings all its streams, so that both ends notice a dead line."""

from __future__ import annotations

from datetime import UTC, datetime

import gevent

from app.domain import sse
from app.domain.instants import epoch_ms
from app.live.hub import Hub


def beat(hub: Hub, interval: float) -> None:
    """Ping every `interval` seconds, for ever."""
    while True:
        gevent.sleep(interval)
        hub.broadcast("ping", sse.frame("ping", {"timestamp": epoch_ms(datetime.now(UTC))}))
