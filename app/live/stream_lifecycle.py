"""Keeps the books of this worker's streams: what is done and logged when one opens or ends, and who is there."""

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
from app.live.stream import Stream

log = logging.getLogger(__name__)


class Books:
    """Answers about this worker's streams, and closes their accounts."""

    def __init__(self, hub: Hub, registry: Registry, worker: str):
        self._hub = hub
        self._registry = registry
        self._worker = worker

    def opened(self, stream: Stream) -> None:
        """A stream begins; it has been counted already."""
        whose = _whose(stream.identity)
        log.info("stream opened", extra={**whose, "transport": stream.transport, "seq": stream.cursor})

    def closed(self, stream: Stream) -> None:
        """A stream has ended: it is counted no more."""
        self._hub.leave(stream)
        self._registry.leave(stream.identity)
        signals.stream_ended.send(None, stream=stream)
        log.info(
            "stream ended",
            extra={
                **_whose(stream.identity),
                "reason": stream.reason,
                **({"cause": stream.cause} if stream.cause else {}),
                "seconds": round((datetime.now(UTC) - stream.identity.opened_at).total_seconds(), 1),
                "frames": stream.frames_sent,
                "bytes": stream.bytes_sent,
                "seq": stream.cursor,
            },
        )

    def close(self, workspace: UUID, details: Mapping[str, Any]) -> int:
        """End the streams of a workspace (or one, by `connection_id`) for a `reason`; returns how many.

        `by` says who closed them: a user's id.
        """
        wanted = {"workspace_id": workspace, "connection_id": details.get("connection_id")}
        return end_matching(self._hub, details["reason"], details.get("by", ""), **wanted)

    def list(self, workspace: UUID, _details: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The workspace's streams: who, since when, from where, how far and how far behind."""
        room = self._hub.room(workspace)
        now = monotonic()
        return [self._describe(stream, now) for stream in list(room.streams)] if room else []

    def _describe(self, stream: Stream, now: float) -> dict[str, Any]:
        room = stream.room
        return {
            **stream.identity.as_json(),
            "worker": self._worker,
            "transport": stream.transport,
            "lastEventId": str(Cursor(room.sequencer.epoch, stream.cursor)) if room else None,
            "lagEvents": max(0, room.ring.head - stream.cursor) if room else 0,
            "lagSeconds": round(now - stream.behind_since, 1) if stream.behind_since else 0,
        }


def _whose(identity: Identity) -> dict[str, str]:
    return {
        "connection": identity.connection_id,
        "workspace": str(identity.workspace_id),
        "user": str(identity.user_id),
        "address": identity.address,
    }
