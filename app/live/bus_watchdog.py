"""Watchdog of the bus: each worker pings itself over Redis, because a frozen Redis looks like one without news."""

from __future__ import annotations

import logging
from time import monotonic

from app.errors import DATABASE_AWAY
from app.live.frames import degraded_frame, recovered_frame
from app.live.hub import Hub
from app.postgres.database_away import report_database_away
from app.redis.bus import Bus

log = logging.getLogger(__name__)

PING_EVERY = 1.0  # seconds
SILENCE_TIMEOUT = 3.0  # seconds without a ping of its own after which the bus counts as silent


class BusWatchdog:
    """While the bus is silent, polls PostgreSQL once a second for all rooms: delivery goes on."""

    def __init__(self, hub: Hub, bus: Bus):
        self._hub = hub
        self._bus = bus

    def check(self) -> None:
        """Compare the bus's silence with the limit; never waits for Redis."""
        silent = self._bus.idle_seconds(monotonic()) > SILENCE_TIMEOUT
        if silent != self._hub.degraded:
            self._set_degraded(silent)
        if silent or self._bus.pop_missed_flag():
            self._refresh_heads()

    def ping(self) -> None:
        """Send a ping to this worker itself; may wait for a frozen Redis, so it is a job of its own."""
        self._bus.ping(probe=True)
        self._bus.publish_unsent()

    def _set_degraded(self, degraded: bool) -> None:
        log.warning("bus %s", "silent: polling PostgreSQL" if degraded else "back")
        self._hub.degraded = degraded
        if not degraded:
            self._refresh_heads()
        self._hub.broadcast("health", degraded_frame() if degraded else recovered_frame())

    def _refresh_heads(self) -> None:
        try:
            self._hub.refresh_heads()
        except DATABASE_AWAY as error:
            report_database_away(error)
