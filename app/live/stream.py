"""One open stream: its identity, and a cursor into its workspace's log.

Events are never queued per stream: a stream that lags is backfilled from its room's ring, or from PostgreSQL, when
it is writable. Of every other kind of frame only the newest waits. So a slow stream costs no memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.sse import Frame
from app.domain.stats import StatsView
from app.live.frames import reset_frame
from app.live.identity import Identity

if TYPE_CHECKING:
    from app.live.room import Room
    from app.live.stream_lifecycle import StreamLifecycle

MAX_LAG_SECONDS = 30.0
MAX_LAG_BYTES = 1 << 20
BYE_TIMEOUT = 3.0  # seconds for a `bye` to go out


class StreamArguments(NamedTuple):
    """What a stream of either kind is made of; `deadline` is monotonic seconds."""

    identity: Identity
    start: Cursor
    deadline: float
    view: StatsView


class Stream(ABC):
    """What the hub sees of a stream; the subclass sends its bytes."""

    __slots__ = (
        "_is_closed",
        "_lifecycle",
        "bytes_sent",
        "cause",
        "cursor",
        "deadline",
        "epoch",
        "frames_sent",
        "identity",
        "lag_start_bytes",
        "lagging_since",
        "pending",
        "reason",
        "room",
        "view",
    )
    transport: str

    def __init__(self, arguments: StreamArguments, lifecycle: StreamLifecycle):
        self.identity, start, self.deadline, self.view = arguments
        self.epoch = start.epoch
        self.cursor = start.seq  # the last number handed to the transport
        self.reason: str | None = None  # why it ends, once it does
        self.cause = ""  # who or what ended it, for the log alone
        self.room: Room | None = None  # set by the hub
        self.bytes_sent = self.frames_sent = 0
        self.lagging_since: float | None = None  # monotonic seconds, while it lags
        self.lag_start_bytes = 0  # the ring's total_bytes when it began to lag, plus what it was sent since
        self.pending: dict[str, bytes] | None = None  # frames by kind, while they cannot be sent
        self._lifecycle = lifecycle
        self._is_closed = False

    @abstractmethod
    def push(self, start: int, end: int, chunks: bytes) -> bool:
        """Send the events after `start` up to `end`, a chunk each; False if the stream needs a backfill."""

    @abstractmethod
    def backfill(self, frames: Sequence[bytes]) -> int:
        """Send a stream that lags its next events, or as many of them as it has room for; returns how many."""

    @abstractmethod
    def send_latest(self, kind: str, frame: Frame) -> None:
        """Send a frame that is no event; if it has to wait, it replaces an older one of its kind."""

    @property
    @abstractmethod
    def is_writable(self) -> bool:
        """Whether its socket has room, as far as is known."""

    @abstractmethod
    def _abort(self) -> None:
        """Break the connection."""

    @abstractmethod
    def _send_bye(self) -> None:
        """Send `bye`, and close the connection once it is out."""

    def count_opening(self, opening: bytes) -> None:
        """Count the opening frames, which the response sends."""
        self.frames_sent += opening.count(b"\n\n")

    def end(self, reason: str, cause: str = "") -> bool:
        """End with a `bye` that has the reason; False if it was ending already."""
        if self.reason is not None:
            return False
        self.reason, self.cause = reason, cause
        self.deadline = monotonic() + BYE_TIMEOUT
        self._send_bye()
        return True

    def abort_if_overdue(self, now: float) -> None:
        """Break the connection of an ending stream if its `bye` has not gone out in time."""
        if now >= self.deadline:
            self._abort()

    def mark_closed(self, reason: str) -> None:
        """The connection is gone. Only the first call counts: it ends the stream's lifecycle."""
        if self.reason is None:
            self.reason = reason
        if not self._is_closed:
            self._is_closed = True
            self._lifecycle.on_closed(self)

    def reset(self) -> None:
        """Give up what it missed: send `reset`, and go on from the last event that its room has pushed."""
        if self.room is None:
            return
        self.epoch = self.room.sequencer.epoch
        self.cursor = self.room.sent
        self.lagging_since = None
        self.send_latest("reset", reset_frame(Cursor(self.epoch, self.cursor)))

    def mark_lagging(self, *, restart: bool = False) -> None:
        """Something waits until it is writable. With `restart`, its lag is measured from now on."""
        if self.room is not None and (restart or self.lagging_since is None):
            self.lagging_since = monotonic()
            self.lag_start_bytes = self.room.ring.total_bytes

    def mark_current(self) -> None:
        """All events have been handed over. If the socket is still full, the lag is measured from now on."""
        # Else a stream that reads all it is sent, but is always sent more, would count as slow some day.
        if self.is_writable:
            self.lagging_since = None
        else:
            self.mark_lagging(restart=True)

    def is_slow(self, now: float) -> bool:
        """Whether it lags for too long, or by too much: `closing.sweep` ends it then."""
        if self.lagging_since is None or self.room is None:
            return False
        too_far = self.room.ring.total_bytes - self.lag_start_bytes > MAX_LAG_BYTES
        return too_far or now - self.lagging_since > MAX_LAG_SECONDS

    def bye_frame(self, retry: int) -> bytes:
        """The last frame; `retry` (milliseconds) tells the client when to come back."""
        return sse.frame("bye", {"reason": self.reason}, retry=retry)
