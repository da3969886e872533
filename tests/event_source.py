"""A client with the reconnection rules of a browser's EventSource (HTML standard, section 9.2).

It repeats the last `id:`, waits as long as the last `retry:` said, and gives up for good at any answer that is not
200 with `text/event-stream`; only a connection that breaks, or that cannot be made, is tried again.
"""

from __future__ import annotations

import gevent
from frames import Frame
from visitor import Visitor

DEFAULT_RETRY = 1.0  # seconds, until the server says otherwise


class EventSource:
    """One EventSource in a greenlet of its own; `close` ends it."""

    def __init__(self, visitor: Visitor):
        self._visitor = visitor
        self._greenlet = gevent.spawn(self._run)
        self._stream = None
        self.frames: list[Frame] = []
        self.last_event_id = ""
        self.retry = DEFAULT_RETRY
        self.openings = 0  # answers that were streams
        self.is_live = False  # `connected` has come, and the connection has not ended since
        self.final_status: int | None = None  # the answer that ended it for good

    def close(self) -> None:
        self._greenlet.kill()
        if self._stream is not None:
            self._stream.close()

    @property
    def local_port(self) -> int:
        """Of its connection."""
        return self._stream.local_port

    def of(self, event: str) -> list[Frame]:
        """The frames of this kind so far."""
        return [frame for frame in self.frames if frame.event == event]

    def lose_line(self) -> None:
        """Cut the connection, as a network does."""
        self._stream.reset()

    def _run(self) -> None:
        while self.final_status is None:
            try:
                self._follow_one()
            except (OSError, AssertionError):  # refused, cut or ended: EventStream says so by assertions
                pass
            finally:
                self.is_live = False
            if self.final_status is None:
                gevent.sleep(self.retry)

    def _follow_one(self) -> None:
        headers = {"Last-Event-ID": self.last_event_id} if self.last_event_id else {}
        with self._visitor.listen(headers=headers) as self._stream:
            if self._stream.status != 200 or "text/event-stream" not in self._stream.headers["content-type"]:
                self.final_status = self._stream.status
                return
            self.openings += 1
            while True:
                self._take(self._stream.next())

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.is_live = self.is_live or frame.event == "connected"
        if frame.id is not None:
            self.last_event_id = frame.id
        if frame.retry is not None:
            self.retry = frame.retry / 1000
