"""The recent frames of a workspace: what most streams that lag or come back need, without PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

MAX_FRAMES = 4_000
MAX_BYTES = 1 << 20


class Ring:
    """Frames numbered without gaps up to `head`; the oldest are forgotten."""

    def __init__(self, head: int):
        self.head = head
        self.total_bytes = 0  # of all frames ever taken in: tells how far behind somebody is
        self._frames: deque[bytes] = deque()
        self._kept_bytes = 0

    def extend(self, frames: Sequence[bytes]) -> None:
        """Append frames numbered head + 1 … ."""
        size = sum(map(len, frames))
        self._frames.extend(frames)
        self.head += len(frames)
        self.total_bytes += size
        self._kept_bytes += size
        while self._frames and (len(self._frames) > MAX_FRAMES or self._kept_bytes > MAX_BYTES):
            self._kept_bytes -= len(self._frames.popleft())

    def after(self, seq: int, limit: int) -> list[bytes] | None:
        """At most `limit` frames numbered above `seq`, in order; None when some are forgotten."""
        skipped = len(self._frames) - (self.head - seq)
        return None if skipped < 0 else list(islice(self._frames, skipped, skipped + limit))
