"""A stream on a socket that was taken over from the server: one non-blocking write a push, of shared bytes.

No greenlet, no queue, no request object. When the socket's buffer is full, only the rest of the frame that was cut
waits here; everything after that is read again from the room's ring when the socket has room.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain import sse
from app.domain.sse import Frame
from app.live.frames import retry_delay
from app.live.poller import Poller
from app.live.stream import Stream, StreamArguments

if TYPE_CHECKING:
    from app.live.stream_lifecycle import StreamLifecycle

MAX_READ = 4_096  # bytes of a client at a time; they are thrown away


class SocketStream(Stream):
    """Owns the file descriptor of a connection, from `open` on."""

    __slots__ = ("_poller", "_tail", "fd")
    transport = "socket"

    def __init__(self, arguments: StreamArguments, lifecycle: StreamLifecycle, *, poller: Poller):
        super().__init__(arguments, lifecycle)
        self.fd = -1
        self._poller = poller
        self._tail: bytes | None = None  # what must go out before anything else; None: its socket has room

    def open(self, fd: int, head: bytes) -> None:
        """Send the response head and the opening frames, and watch the socket from now on."""
        self.fd = fd
        self._poller.watch(fd, self)
        self._write(head)

    def push(self, start: int, end: int, chunks: bytes) -> bool:
        if self.cursor != start or self._tail is not None:
            return self.cursor >= end or self.reason is not None
        # A worker spends most of its time here, so there is no call but the write itself.
        try:
            sent = os.write(self.fd, chunks)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.disconnect("client-left")
            return True
        self.bytes_sent += sent
        if sent == len(chunks):
            self.frames_sent += end - start
            self.cursor = end
            return True
        # Only the event that was cut is stored: a client that does not read must not hold the others in memory.
        begun, rest = sse.split_sent(chunks, sent)
        self.frames_sent += begun
        self.cursor += begun
        self._wait_with(rest)
        return self.cursor >= end

    def backfill(self, frames: Sequence[bytes]) -> int:
        before = self.cursor
        self.push(before, before + len(frames), b"".join(map(sse.chunk, frames)))
        return self.cursor - before

    def send_latest(self, kind: str, frame: Frame) -> None:
        if self._tail is None:
            self.frames_sent += 1
            self._write(frame.chunked)
        elif self.reason is None:
            self.mark_lagging()
            self.pending = self.pending or {}
            self.pending[kind] = frame.chunked

    @property
    def is_writable(self) -> bool:
        return self._tail is None and self.fd >= 0

    def on_readable(self) -> None:
        """Clients send nothing; reading detects that one has closed (also if only half of the connection)."""
        try:
            gone = not os.read(self.fd, MAX_READ)
        except BlockingIOError:
            return
        except OSError:
            gone = True
        if gone:
            self.disconnect("client-left")

    def on_writable(self) -> bool:
        """The socket has room again; True if the stream can be backfilled."""
        tail, self._tail = self._tail, None
        if tail:
            self._write(tail)
        if self._tail is None and self.pending:
            self.frames_sent += len(self.pending)
            frames, self.pending = b"".join(self.pending.values()), None
            self._write(frames)
        if self._tail is not None or self.fd < 0:
            return False
        if self.reason is not None:
            self.disconnect(self.reason)
            return False
        self._poller.watch_reads_only(self.fd)
        return True

    def disconnect(self, reason: str) -> None:
        """Close the socket, at once."""
        if self.fd >= 0:
            fd, self.fd = self.fd, -1
            self._tail = self.pending = None
            self._poller.unwatch(fd)
            os.close(fd)
        self.mark_closed(reason)

    def _write(self, data: bytes) -> None:
        sent = self._send(data)
        if sent < len(data) and self.fd >= 0:
            self._wait_with(data[sent:])

    def _send(self, data: bytes) -> int:
        try:
            sent = os.write(self.fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.disconnect("client-left")
            return 0
        self.bytes_sent += sent
        return sent

    def _wait_with(self, rest: bytes) -> None:
        self._tail = rest
        self._poller.watch_writes_too(self.fd)

    def _abort(self) -> None:
        self.disconnect(self.reason or "")

    def _send_bye(self) -> None:
        bye = sse.chunk(self.bye_frame(retry_delay())) + sse.LAST_CHUNK
        if self._tail is None:
            self.frames_sent += 1
            self._write(bye)
        else:  # in the middle of a frame: the `bye` waits, and the sweep aborts the stream when it is overdue
            self.pending = {"bye": bye}
        if self._tail is None:
            self._abort()
