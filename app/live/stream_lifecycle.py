"""The lifecycle of this worker's streams: what is done when one opens or ends; lists and closes them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

from app.background import signals
from app.domain.ids import Cursor
from app.live.closing import end_matching
from app.live.hub import Hub
from app.live.identity import Identity
from app.live.registry import Registry
from app.live.responses import WorkerStreamMessage
from app.live.stream import Stream
from app.redis.bus_messages import JsonValue

log = logging.getLogger(__name__)

MESSAGES = WorkerStreamMessage(many=True)


class StreamLifecycle:
    """The only place that takes an ended stream out of its room, the registry and the metrics."""

    def __init__(self, hub: Hub, registry: Registry, worker: str):
        self._hub = hub
        self._registry = registry
        self._worker = worker

    def on_opened(self, stream: Stream) -> None:
        """A stream begins; the registry counts it already."""
        log.info(
            "stream opened",
            extra={**_log_fields(stream.identity), "transport": stream.transport, "seq": stream.cursor},
        )

    def on_closed(self, stream: Stream) -> None:
        """A stream's connection is gone: it is counted no longer."""
        self._hub.leave(stream)
        self._registry.unregister(stream.identity)
        signals.stream_ended.send(None, stream=stream)
        log.info(
            "stream ended",
            extra={
                **_log_fields(stream.identity),
                "reason": stream.reason,
                **({"cause": stream.cause} if stream.cause else {}),
                "seconds": round((datetime.now(UTC) - stream.identity.opened_at).total_seconds(), 1),
                "frames": stream.frames_sent,
                "bytes": stream.bytes_sent,
                "seq": stream.cursor,
            },
        )

    def close(self, workspace: UUID, parameters: Mapping[str, str | None]) -> int:
        """End the streams of a workspace (or one, by `connection_id`) for a `reason`; returns how many.

        `by` is the id of the user who closed them.
        """
        reason, cause = parameters["reason"] or "", parameters.get("by") or ""
        connection_id = parameters.get("connection_id")
        return end_matching(self._hub, reason, cause, workspace_id=workspace, connection_id=connection_id)

    def list(self, workspace: UUID) -> JsonValue:
        """The workspace's streams on this worker, as messages to other workers."""
        room = self._hub.room(workspace)
        now = monotonic()
        found: JsonValue = MESSAGES.dump(
            [self._describe(stream, now) for stream in list(room.streams)] if room else []
        )
        return found

    def _describe(self, stream: Stream, now: float) -> dict[str, Any]:
        room, identity = stream.room, stream.identity
        return {
            "connection_id": identity.connection_id,
            "user_id": identity.user_id,
            "credential": identity.credential.hex(),
            "address": identity.address,
            "since": identity.opened_at,
            "worker": self._worker,
            "transport": stream.transport,
            "last_event_id": str(Cursor(room.sequencer.epoch, stream.cursor)) if room else None,
            "lag_events": max(0, room.ring.head - stream.cursor) if room else 0,
            "lag_seconds": round(now - stream.lagging_since, 1) if stream.lagging_since else 0,
        }


def _log_fields(identity: Identity) -> dict[str, str]:
    return {
        "connection": identity.connection_id,
        "workspace": str(identity.workspace_id),
        "user": str(identity.user_id),
        "address": identity.address,
    }
