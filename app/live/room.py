"""A room: one workspace on one worker, with its sequencer, its ring of recent frames and its streams."""

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
from app.event_log.heads import Head
from app.live.ring import Ring
from app.live.stream import Stream

# Events, some 3 MiB of frames; a client that missed more reloads the snapshot.
MAX_REPLAY = 10_000


@dataclass(frozen=True, slots=True)
class Tick:
    """The latest stats, and when (monotonic seconds) this worker had them."""

    stats: Stats
    at: float


class Room:
    """What the streams of one workspace share."""

    def __init__(self, workspace_id: UUID, epoch: str, head: int, now: float):
        self.workspace_id = workspace_id
        self.streams: set[Stream] = set()
        self.empty_since: float | None = now  # monotonic seconds; None while it has streams
        self.tick: Tick | None = None
        self.baseline: Baseline | None = None  # while a stream compares
        self.sequencer: Sequencer[bytes]
        self.ring: Ring
        self.sent: int  # the last number that was pushed to the streams
        self.is_broken: bool  # a number came again for another event: the log must begin a new epoch
        self._released_at_tick: int
        self._start_sequence(epoch, head)

    @property
    def cursor(self) -> Cursor:
        """The end of the log, as far as this worker knows."""
        return Cursor(self.sequencer.epoch, self.sequencer.known_head)

    @property
    def released(self) -> Cursor:
        """The last event that the sequencer has released to the streams, whether or not it is pushed yet."""
        return Cursor(self.sequencer.epoch, self.sequencer.head)

    def resume_point(self, requested: Cursor | None) -> tuple[Cursor, bool]:
        """The cursor that a stream starts from, and whether that is a reset: `requested` cannot be resumed."""
        head = self.cursor
        if requested is None:
            return head, False
        resumable = requested.epoch == head.epoch and head.seq - MAX_REPLAY <= requested.seq <= head.seq
        return (requested, False) if resumable else (head, True)

    def restart(self, head: Head, now: float) -> None:
        """Follow a new epoch of the log, and reset all streams."""
        # What has been appended in this epoch is fetched like any gap, unless that is too much to be worth it.
        self._start_sequence(
            head.epoch, head.epoch_from if head.seq - head.epoch_from <= MAX_REPLAY else head.seq
        )
        self.note_head(head.epoch, head.seq, now)
        for stream in list(self.streams):
            stream.reset()

    def reuses_number(self, first: int, frames: Sequence[bytes]) -> bool:
        """Whether a released number comes again for another event, as after a failover."""
        last = min(first + len(frames) - 1, self.ring.head)
        if last < first:  # the usual case: all are new
            return False
        known, again = self.ring.after(last - 1, 1), frames[last - first]
        if not known or known[0] == again:
            return False
        return event_id_of(known[0]) != event_id_of(again)

    def head_went_back(self, seq: int) -> bool:
        """Whether a tick's head is below what had been released at the tick before.

        Below what is released now it may be: a tick takes a moment.
        """
        before, self._released_at_tick = self._released_at_tick, self.sequencer.head
        return seq < before

    def add(self, first: int, frames: Sequence[bytes], now: float) -> bool:
        """Put frames numbered `first` … in sequence; True if the ring has frames to push now."""
        ready = self.sequencer.add(first, frames, now)
        self.ring.extend(ready)
        return bool(ready)

    def note_head(self, epoch: str, seq: int, now: float) -> None:
        """Record that the log reaches `seq`; anything below that has not arrived is a gap."""
        if epoch == self.sequencer.epoch:
            self.sequencer.note_head(seq, now)

    def pop_unpushed(self) -> tuple[int, int, bytes | None]:
        """The range (start, end] that is to be pushed now, as HTTP chunks; None if the ring has dropped it."""
        start, end = self.sent, self.ring.head
        frames = self.ring.after(start, end - start)
        self.sent = end
        return start, end, None if frames is None else b"".join(map(sse.chunk, frames))

    def set_tick(self, tick: Tick) -> dict[StatsView, Frame]:
        """Store a tick; returns its frame for each view among the streams, encoded once."""
        self.tick = tick
        self.note_head(tick.stats.cursor.epoch, tick.stats.cursor.seq, tick.at)
        return {
            view: Frame.from_bytes(tick.stats.frame(view))
            for view in {stream.view for stream in self.streams}
        }

    def _start_sequence(self, epoch: str, head: int) -> None:
        self.sequencer = Sequencer(epoch, head)
        self.ring = Ring(head)
        self.sent = self._released_at_tick = head
        self.is_broken = False
