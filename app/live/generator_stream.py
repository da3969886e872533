"""A stream whose WSGI server pulls it: frames wait here until the generator asks. Right under any server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from time import monotonic

from gevent.event import Event

from app.domain.sse import Frame
from app.live.retry import retry_delay
from app.live.stream import Stream

AT_A_TIME = 64 << 10  # bytes of events, about: what waits for a server that does not come back for it


class PullStream(Stream):
    """Iterate `frames` to send it. `abort` breaks the connection under a generator that is stuck in a send."""

    __slots__ = ("_break", "_fed", "_wake")
    transport = "generator"

    def __init__(self, *args, abort: Callable[[], None]):
        super().__init__(*args)
        self._fed = b""  # frames handed over and not pulled yet: one feeding at most
        self._wake = Event()
        self._break = abort
        self.pending = {}

    def push(self, start: int, end: int, chunks: bytes) -> bool:
        return self.cursor >= end  # always fed: only the server knows when it can take more

    def feed(self, frames: Sequence[bytes]) -> int:
        sizes = accumulate(map(len, frames))
        taken = min(1 + sum(size < AT_A_TIME for size in sizes), len(frames))
        self._fed = b"".join(frames[:taken])
        self.cursor += taken
        self.frames_sent += taken
        self._wake.set()
        return taken

    def began(self, prologue: bytes) -> None:
        super().began(prologue)
        self.bytes_sent += len(prologue)

    def offer(self, kind: str, frame: Frame) -> None:
        if kind in self.pending:
            self.lag()
        self.pending[kind] = frame.raw
        self._wake.set()

    @property
    def can_take(self) -> bool:
        # After a reset it is fed only when that is out: the events of the new cursor come after it.
        return not self._fed and "reset" not in self.pending

    def frames(self, on_hungry: Callable[[Stream], None]) -> Iterator[bytes]:
        """The stream's bytes as they come; `on_hungry` is told whenever it could take more events."""
        while True:
            if payload := self._take():
                if self.behind_since is not None:
                    on_hungry(self)
                self.bytes_sent += len(payload)
                yield payload
            elif self.reason is not None:
                farewell = self.bye(retry_delay())
                self.bytes_sent += len(farewell)
                self.frames_sent += 1
                yield farewell
                return
            else:
                self._wake.wait(max(0.0, self.deadline - monotonic()))
                self._wake.clear()
                if monotonic() >= self.deadline:
                    self.end("max-duration")

    def _take(self) -> bytes:
        if self.reason is not None:
            return b""
        payload = self._fed + b"".join(self.pending.values())
        self._fed = b""
        self.frames_sent += len(self.pending)
        self.pending.clear()
        return payload

    def _abort(self) -> None:
        self._break()

    def _finish(self) -> None:
        self._wake.set()
