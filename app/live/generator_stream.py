"""A stream that any WSGI server can serve: frames wait here until the response's generator is iterated."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING

from gevent.event import Event

from app.domain.sse import Frame
from app.live.frames import retry_delay
from app.live.stream import Stream, StreamArguments

if TYPE_CHECKING:
    from app.live.stream_lifecycle import StreamLifecycle
    from app.live.writer import Writer

MAX_WAITING = 64 << 10  # bytes of events, about: held for a server that does not iterate


class GeneratorStream(Stream):
    """Iterate `frames` to send it. `connection`, if known, is shut down when the server is stuck in a send."""

    __slots__ = ("_backfilled", "_connection", "_wake")
    transport = "generator"

    def __init__(
        self, arguments: StreamArguments, lifecycle: StreamLifecycle, *, connection: socket.socket | None
    ):
        super().__init__(arguments, lifecycle)
        self._backfilled = b""  # of one backfill at most, not iterated yet
        self._wake = Event()
        self._connection = connection
        self.pending: dict[str, bytes] = {}

    def push(self, start: int, end: int, chunks: bytes) -> bool:
        return self.cursor >= end  # always backfilled: only the server knows when it can send more

    def backfill(self, frames: Sequence[bytes]) -> int:
        sizes = accumulate(map(len, frames))
        sent = min(1 + sum(size < MAX_WAITING for size in sizes), len(frames))
        self._backfilled = b"".join(frames[:sent])
        self.cursor += sent
        self.frames_sent += sent
        self._wake.set()
        return sent

    def count_opening(self, opening: bytes) -> None:
        super().count_opening(opening)
        self.bytes_sent += len(opening)

    def send_latest(self, kind: str, frame: Frame) -> None:
        if kind in self.pending:
            self.mark_lagging()
        self.pending[kind] = frame.raw
        self._wake.set()

    @property
    def is_writable(self) -> bool:
        # After a reset it is backfilled only when that is out: the events of the new cursor come after it.
        return not self._backfilled and "reset" not in self.pending

    def frames(self, writer: Writer) -> Iterator[bytes]:
        """The stream's bytes as they come; `writer` backfills it whenever it is writable."""
        while True:
            if payload := self._pop_waiting():
                if self.lagging_since is not None:
                    writer.ready_for_backfill(self)
                self.bytes_sent += len(payload)
                yield payload
            elif self.reason is not None:
                bye = self.bye_frame(retry_delay())
                self.bytes_sent += len(bye)
                self.frames_sent += 1
                yield bye
                return
            else:
                self._wake.wait(max(0.0, self.deadline - monotonic()))
                self._wake.clear()
                if monotonic() >= self.deadline:
                    self.end("max-duration")

    def _pop_waiting(self) -> bytes:
        if self.reason is not None:
            return b""
        payload = self._backfilled + b"".join(self.pending.values())
        self._backfilled = b""
        self.frames_sent += len(self.pending)
        self.pending.clear()
        return payload

    def _abort(self) -> None:
        if self._connection is not None:
            # It may be closed already. Through a duplicate: gevent would raise in the greenlet that waits on it.
            with contextlib.suppress(OSError), self._connection.dup() as duplicate:
                duplicate.shutdown(socket.SHUT_RDWR)

    def _send_bye(self) -> None:
        self._wake.set()
