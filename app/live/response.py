"""The body of a stream: prologue, missed events, live frames, bye. A generator, so right under any WSGI server."""

from __future__ import annotations

import random
from collections.abc import Iterator
from time import monotonic

from flask import Response

from app.live.hub import Hub
from app.live.registry import Registry
from app.live.room import Room
from app.live.stream import Stream

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}
EVENTS_AT_A_TIME = 500


def retry_delay() -> int:
    """Milliseconds after which a client should come back: random, so that a herd spreads."""
    return random.randint(1_000, 5_000)


class Feed:
    """One stream's life: registered when its first byte is asked for, released when it ends, however it ends."""

    def __init__(self, hub: Hub, registry: Registry, room: Room, stream: Stream, prologue: bytes):
        self._hub = hub
        self._registry = registry
        self._room = room
        self._stream = stream
        self._prologue = prologue
        self._joined = False

    def response(self) -> Response:
        """The streaming response; a generator that never starts runs no `finally`, hence call_on_close."""
        response = Response(self._frames(), headers=HEADERS, direct_passthrough=True)
        response.call_on_close(self.close)
        return response

    def close(self) -> None:
        """Release what the stream holds."""
        if self._joined:
            self._joined = False
            self._hub.leave(self._room, self._stream)
            self._registry.remove(self._room.workspace_id)

    def _frames(self) -> Iterator[bytes]:
        self._room = self._hub.join(self._room, self._stream)
        self._joined = True
        try:
            self._registry.add(self._room.workspace_id)
            yield self._prologue
            while not self._over():
                if payload := self._next():
                    yield payload
                else:
                    self._stream.sleep(max(0.0, self._stream.deadline - monotonic()))
            yield self._stream.bye(retry_delay())
        finally:
            self.close()

    def _over(self) -> bool:
        if monotonic() >= self._stream.deadline:
            self._stream.end("max-duration")
        return self._stream.reason is not None

    def _next(self) -> bytes:
        pending = self._stream.take_pending()
        if self._stream.cursor >= self._room.ring.head:
            return pending
        self._stream.cursor, frames = self._hub.read(self._room, self._stream.cursor, EVENTS_AT_A_TIME)
        return frames + pending
