"""One open stream: a cursor into its workspace's log, and the few frames besides events that wait for it.

Events are never queued per stream; they are read from the room's ring, or from PostgreSQL, when there is room in
the socket. Of each other kind of frame only the newest waits. So a stream that does not read costs nothing more.
"""

from __future__ import annotations

from gevent.event import Event

from app.domain import sse


class Stream:
    """What the hub knows of a stream. `metrics` narrows its stats, None = all of them."""

    __slots__ = ("_pending", "_wake", "connection_id", "cursor", "deadline", "metrics", "reason", "user_id")

    def __init__(
        self, connection_id: str, user_id, cursor: int, deadline: float, metrics: frozenset[str] | None
    ):
        self.connection_id = connection_id
        self.user_id = user_id
        self.cursor = cursor  # the last number sent
        self.deadline = deadline  # monotonic seconds
        self.metrics = metrics
        self.reason: str | None = None  # why it is to end
        self._pending: dict[str, bytes] = {}
        self._wake = Event()

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def sleep(self, timeout: float) -> None:
        """Wait until there is something to send, or for so many seconds."""
        self._wake.wait(timeout)
        self._wake.clear()

    def offer(self, kind: str, frame: bytes) -> None:
        """Send this frame when possible, in place of an unsent one of its kind."""
        self._pending[kind] = frame
        self._wake.set()

    def end(self, reason: str) -> bool:
        """Say `bye` and end; False if it was ending already."""
        first = self.reason is None
        if first:
            self.reason = reason
            self._wake.set()
        return first

    def take_pending(self) -> bytes:
        """The frames besides events that wait, joined; they wait no more."""
        if not self._pending:
            return b""
        frames = b"".join(self._pending.values())
        self._pending.clear()
        return frames

    def bye(self, retry: int) -> bytes:
        """The last frame; `retry` (milliseconds) tells the client when to come back."""
        return sse.frame("bye", {"reason": self.reason}, retry=retry)
