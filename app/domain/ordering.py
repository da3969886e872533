"""A reorder buffer: turns ranges of numbered frames from an unreliable bus into one gap-free sequence.

The bus may lose, repeat or reorder. A Sequencer knows the last number that it has released (`head`) and decides
for each range: release it, drop what is old, hold what came early, or report a gap to be fetched from the log.
Pure: frames are opaque, the clock (any monotonic seconds) is an argument.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

Frame = TypeVar("Frame")

GAP_TIMEOUT = 0.1  # seconds that an early range waits for its predecessors before they are fetched
MAX_HELD = 10_000  # frames; those beyond are dropped and fetched later


class Sequencer(Generic[Frame]):
    """One workspace's sequence in one epoch."""

    def __init__(self, epoch: str, head: int):
        self.epoch = epoch
        self.head = head  # the last number released
        self._held: dict[int, Frame] = {}
        self.known_head = head  # the highest number known to exist
        self._waiting_since: float | None = None

    def add(self, first: int, frames: Sequence[Frame], now: float) -> list[Frame]:
        """Add frames numbered `first`, `first` + 1 …; returns those that are released, in order."""
        last = first + len(frames) - 1
        self.known_head = max(self.known_head, last)
        if first <= self.head + 1:  # the usual case: nothing is missing before it
            ready = list(frames[self.head + 1 - first :])
            self.head = max(self.head, last)
        else:
            self._hold(first, frames)
            ready = []
        ready += self._release()
        self._watch(now, progressed=bool(ready))
        return ready

    def note_head(self, head: int, now: float) -> None:
        """Record that the log reaches `head`; anything below that has not arrived is a gap."""
        self.known_head = max(self.known_head, head)
        self._watch(now, progressed=False)

    def overdue_gap(self, now: float) -> tuple[int, int] | None:
        """The first gap (first, last) if it is older than GAP_TIMEOUT."""
        if self._waiting_since is None or now - self._waiting_since < GAP_TIMEOUT:
            return None
        return self.head + 1, min(self._held, default=self.known_head + 1) - 1

    @property
    def has_gap(self) -> bool:
        """Whether a gap is known, overdue or not."""
        return self._waiting_since is not None

    def _hold(self, first: int, frames: Sequence[Frame]) -> None:
        for number, frame in enumerate(frames, first):
            if number - self.head <= MAX_HELD:
                self._held[number] = frame

    def _release(self) -> list[Frame]:
        ready = []
        while self._held and (frame := self._held.pop(self.head + 1, None)) is not None:
            ready.append(frame)
            self.head += 1
        if self._held:
            self._held = {number: frame for number, frame in self._held.items() if number > self.head}
        return ready

    def _watch(self, now: float, *, progressed: bool) -> None:
        if self.head >= self.known_head:
            self._waiting_since = None
        elif progressed or self._waiting_since is None:
            self._waiting_since = now
