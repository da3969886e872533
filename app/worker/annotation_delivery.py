"""Delivers notes to streams: the seam between annotations and live."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.live.hub import Hub
from app.redis.bus import Bus
from app.redis.bus_messages import AnnotationOffered, JsonValue


class AnnotationDelivery:
    """Shows a note that was made, changed or removed to the workspace's streams, on all workers."""

    def __init__(self, hub: Hub, bus: Bus):
        self._hub = hub
        self._bus = bus

    def offer(self, workspace_id: UUID, change: str, annotation: Mapping[str, JsonValue]) -> None:
        """Send the frame to this worker's streams, and publish it for the others'."""
        message = AnnotationOffered(workspace_id, {"change": change, "annotation": annotation})
        self._hub.offer(message)
        self._bus.publish(message)
