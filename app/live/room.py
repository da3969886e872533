"""A room: one workspace's live side on this worker, with its sequence, its recent frames and its streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain import sse
from app.domain.comparison import Baseline
from app.domain.event import event_id_of
from app.domain.ids import Cursor
from app.domain.ordering import Sequencer
from app.domain.sse import Frame
from app.domain.stats import Stats, StatsView
from app.live.ring import Ring
from app.live.stream import Stream


@dataclass(frozen=True, slots=True)
class Tick:
    """The latest stats, and when (monotonic seconds) this worker had them."""

    stats: Stats
    at: float


class Room:
    """Everything that streams of one workspace share."""

    def __init__(self, workspace_id: UUID, epoch: str, head: int, now: float):
        self.workspace_id = workspace_id
        self.streams: set[Stream] = set()
        self.empty_since: float | None = now  # monotonic seconds; None while it has streams
        self.tick: Tick | None = None
        self.baseline: Baseline | None = None  # while a stream compares
        self.begin(epoch, head)

    def begin(self, epoch: str, head: int) -> None:
        """Start at the head of a log, forgetting any other."""
        self.sequencer: Sequencer[bytes] = Sequencer(epoch, head)
        self.ring = Ring(head)
        self.sent = head  # the last number that was pushed to the streams
        self.is_broken = False  # a number came again for another event: the log must begin a new epoch
        self._head_at_tick = head

    @property
    def cursor(self) -> Cursor:
        """Where the log ends, as far as this worker has heard."""
        return Cursor(self.sequencer.epoch, self.sequencer.known_head)

    @property
    def shown(self) -> Cursor:
        """How far streams have been shown the log, or are about to be."""
        return Cursor(self.sequencer.epoch, self.sequencer.head)

    def repeats_number(self, first: int, frames: Sequence[bytes]) -> bool:
        """Whether a number that was let through comes again for another event, as after a failover."""
        last = min(first + len(frames) - 1, self.ring.head)
        if last < first:  # the usual case: all are new
            return False
        known = self.ring.after(last - 1, 1)
        again = frames[last - first]
        return bool(known) and known[0] != again and event_id_of(known[0]) != event_id_of(again)

    def falls_behind(self, seq: int) -> bool:
        """Whether a tick's head lies below what streams had been shown by the tick before.

        Below what they have been shown by now it may lie: a tick takes a moment.
        """
        before, self._head_at_tick = self._head_at_tick, self.sequencer.head
        return seq < before

    def offer(self, first: int, frames: Sequence[bytes], now: float) -> bool:
        """Take a range as the bus brings it; True if that gave the ring frames to push."""
        ready = self.sequencer.add(first, frames, now)
        self.ring.extend(ready)
        return bool(ready)

    def saw_head(self, epoch: str, seq: int, now: float) -> None:
        """Somebody says that the log ends at `seq`; what has not come by then is missing."""
        if epoch == self.sequencer.epoch:
            self.sequencer.note_head(seq, now)

    def unpushed(self) -> tuple[int, int, bytes | None]:
        """The range (start, end] that streams have not been pushed, as chunks; None if the ring forgot it."""
        start, end = self.sent, self.ring.head
        frames = self.ring.after(start, end - start)
        self.sent = end
        return start, end, None if frames is None else b"".join(map(sse.chunk, frames))

    def show(self, tick: Tick) -> dict[StatsView, Frame]:
        """Keep the tick; returns its frame for each view among the streams, encoded once."""
        self.tick = tick
        self.saw_head(tick.stats.cursor.epoch, tick.stats.cursor.seq, tick.at)
        return {
            view: Frame.from_bytes(tick.stats.frame(view))
            for view in {stream.view for stream in self.streams}
        }
