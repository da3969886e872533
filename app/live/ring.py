"""A ring buffer of a workspace's recent frames: most streams that lag or resume need nothing from PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice

MAX_FRAMES = 4_000
MAX_BYTES = 1 << 20


class Ring:
    """Frames numbered without gaps up to `head`; the oldest are dropped."""

    def __init__(self, head: int):
        self.head = head
        self.total_bytes = 0  # of all frames ever added: by the difference a stream's lag is measured
        self._frames: deque[bytes] = deque()
        self._held_bytes = 0

    def extend(self, frames: Sequence[bytes]) -> None:
        """Append frames numbered head + 1 … ."""
        size = sum(map(len, frames))
        self._frames.extend(frames)
        self.head += len(frames)
        self.total_bytes += size
        self._held_bytes += size
        while self._frames and (len(self._frames) > MAX_FRAMES or self._held_bytes > MAX_BYTES):
            self._held_bytes -= len(self._frames.popleft())

    def after(self, seq: int, limit: int) -> list[bytes] | None:
        """At most `limit` frames numbered above `seq`, in order; None when some of them have been dropped."""
        skipped = len(self._frames) - (self.head - seq)
        return None if skipped < 0 else list(islice(self._frames, skipped, skipped + limit))
