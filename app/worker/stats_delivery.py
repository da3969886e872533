"""Delivers figures to streams: the seam between insights and live."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from uuid import UUID

from app.domain.comparison import Baseline
from app.domain.stats import Stats
from app.live.hub import Hub
from app.live.room import Tick
from app.redis.bus import Bus
from app.redis.bus_messages import StatsComputed
from app.redis.link import RedisLink


class StatsDelivery:
    """The workspaces that have streams on this worker, and the figures that their streams were shown last."""

    def __init__(self, hub: Hub, bus: Bus, link: RedisLink):
        self._hub = hub
        self._bus = bus
        self._link = link

    def watched(self) -> dict[UUID, float]:
        """The workspaces with streams, and the seconds since their figures came."""
        now = monotonic()
        return {
            room.workspace_id: now - room.tick.at if room.tick else 0.0
            for room in self._hub.rooms
            if room.streams
        }

    def latest(self, workspace: UUID, within: float = float("inf")) -> Stats | None:
        """The figures that came last, if they came within so many seconds."""
        room = self._hub.room(workspace)
        if room is None or room.tick is None or monotonic() - room.tick.at >= within:
            return None
        return room.tick.stats

    def comparing(self) -> list[UUID]:
        """The workspaces with streams that want to see earlier values."""
        return [
            room.workspace_id for room in self._hub.rooms if any(s.view.compare for s in list(room.streams))
        ]

    def compare_with(self, workspace: UUID, baseline: Baseline) -> None:
        """What ticks are compared with from now on."""
        if room := self._hub.room(workspace):
            room.baseline = baseline

    def store(self, workspace: UUID, stats: Stats) -> None:
        """Store figures for the next snapshot, without showing them to streams."""
        if room := self._hub.room(workspace):
            room.tick = Tick(stats, monotonic())

    def deliver(self, found: Mapping[UUID, Stats]) -> None:
        """Show figures to all streams: this worker's directly, all others' in one round trip."""
        messages = [StatsComputed(workspace, stats) for workspace, stats in found.items()]
        for message in messages:
            self._hub.deliver(message)
        if messages:
            self._link.pipeline(lambda pipe: self._bus.publish_all_into(pipe, messages))
