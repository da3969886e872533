"""A room: one workspace's live side on this worker, with its sequence, its recent frames and its streams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.ids import Cursor
from app.domain.ordering import Sequencer
from app.domain.stats import MetricNames, Stats
from app.live.ring import Ring
from app.live.stream import Stream


@dataclass(frozen=True, slots=True)
class Tick:
    """The latest stats, and when (monotonic seconds) this worker had them."""

    stats: Stats
    at: float


class Room:
    """Everything that streams of one workspace share."""

    def __init__(self, workspace_id: UUID, epoch: str, head: int):
        self.workspace_id = workspace_id
        self.sequencer: Sequencer[bytes] = Sequencer(epoch, head)
        self.ring = Ring(head)
        self.streams: set[Stream] = set()
        self.tick: Tick | None = None

    @property
    def cursor(self) -> Cursor:
        """Where the log ends, as far as this worker has heard."""
        return Cursor(self.sequencer.epoch, self.sequencer.known_head)

    def offer(self, first: int, frames: Sequence[bytes], now: float) -> None:
        """Take a range as the bus brings it; what is in order goes to the streams."""
        ready = self.sequencer.offer(first, frames, now)
        if ready:
            self.ring.extend(ready)
            for stream in self.streams:
                stream.wake()

    def saw_head(self, epoch: str, seq: int, now: float) -> None:
        """Somebody says that the log ends at `seq`; what has not come by then is missing."""
        if epoch == self.sequencer.epoch:
            self.sequencer.saw_head(seq, now)

    def show(self, tick: Tick) -> None:
        """Send stats to every stream; a set of metrics is encoded once for all who chose it."""
        self.tick = tick
        self.saw_head(tick.stats.cursor.epoch, tick.stats.cursor.seq, tick.at)
        encoded: dict[MetricNames | None, bytes] = {}
        for stream in self.streams:
            if stream.metrics not in encoded:
                encoded[stream.metrics] = tick.stats.frame(stream.metrics)
            stream.offer("stats", encoded[stream.metrics])

    def broadcast(self, kind: str, frame: bytes) -> None:
        """Send a frame to every stream; an unsent frame of the same kind is replaced."""
        for stream in self.streams:
            stream.offer(kind, frame)


def end_all(streams: Iterable[Stream], reason: str) -> int:
    """End streams; returns how many."""
    ended = [stream for stream in list(streams) if stream.end(reason)]
    return len(ended)
