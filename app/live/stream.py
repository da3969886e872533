"""One open stream: whose it is, and a cursor into its workspace's log.

Events are never queued per stream: a stream that falls behind is fed from its room's ring, or from PostgreSQL,
when it can take more. Of every other kind of frame only the newest waits. So a slow stream costs nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.sse import Frame
from app.domain.stats import StatsView
from app.live.identity import Identity

if TYPE_CHECKING:
    from app.live.room import Room

MAX_LAG_SECONDS = 30.0
MAX_LAG_BYTES = 1 << 20
FAREWELL = 3.0  # seconds for a `bye` to go out


class Stream(ABC):
    """What the hub knows of a stream; how its bytes travel is the subclass's matter."""

    __slots__ = (
        "_on_close",
        "behind_from",
        "behind_since",
        "bytes_sent",
        "cause",
        "cursor",
        "deadline",
        "epoch",
        "frames_sent",
        "identity",
        "pending",
        "reason",
        "room",
        "view",
    )
    transport: str

    def __init__(
        self,
        identity: Identity,
        start: Cursor,
        deadline: float,
        view: StatsView,
        on_close: Callable[[Stream], None],
    ):
        self.identity = identity
        self.epoch = start.epoch
        self.cursor = start.seq  # the last number handed to the transport
        self.deadline = deadline  # monotonic seconds
        self.view = view
        self.reason: str | None = None  # why it ends, once it does
        self.cause = ""  # what led to that, where somebody did something; for the log alone
        self.room: Room | None = None  # set by the hub
        self.bytes_sent = self.frames_sent = 0
        self.behind_since: float | None = None  # monotonic seconds, while it lags
        self.behind_from = (
            0  # what the ring had taken in, in bytes, when it fell behind, plus what it got since
        )
        self.pending: dict[str, bytes] | None = None  # by kind, while they cannot be sent
        self._on_close = on_close

    @abstractmethod
    def push(self, start: int, end: int, chunks: bytes) -> bool:
        """Send the events after `start` up to `end`, a chunk each; False if the stream needs feeding."""

    @abstractmethod
    def feed(self, frames: Sequence[bytes]) -> int:
        """Send a stream that is behind its next events, or as many of them as it takes; returns how many."""

    @abstractmethod
    def offer(self, kind: str, frame: Frame) -> None:
        """Send a frame that is no event; if it has to wait, it replaces an older one of its kind."""

    @property
    @abstractmethod
    def can_take(self) -> bool:
        """Whether its socket has room, as far as is known."""

    @abstractmethod
    def _abort(self) -> None:
        """Break the connection."""

    @abstractmethod
    def _finish(self) -> None:
        """Say `bye` and let go of the connection."""

    def began(self, prologue: bytes) -> None:
        """Its first frames are on their way."""
        self.frames_sent += prologue.count(b"\n\n")

    def end(self, reason: str, cause: str = "") -> bool:
        """End with a `bye` that says why; False if it was ending already."""
        if self.reason is not None:
            return False
        self.reason, self.cause = reason, cause
        self.deadline = monotonic() + FAREWELL
        self._finish()
        return True

    def give_up(self, now: float) -> None:
        """Break the connection if its farewell has not gone out in time."""
        if now >= self.deadline:
            self._abort()

    def closed(self, reason: str) -> None:
        """The connection is gone; tell whoever keeps the books, once."""
        if self.reason is None:
            self.reason = reason
        on_close, self._on_close = self._on_close, _told
        on_close(self)

    def lag(self, *, anew: bool = False) -> None:
        """Something has to wait until it can take more; `anew`: its lag counts from here, whatever was before."""
        if self.room is not None and (anew or self.behind_since is None):
            self.behind_since = monotonic()
            self.behind_from = self.room.ring.total_bytes

    def caught_up(self) -> None:
        """It has been handed all there is; that it must still take that is no old lag."""
        # Else one that takes all it is given, but is always given more, would count as slow some day.
        if self.can_take:
            self.behind_since = None
        else:
            self.lag(anew=True)

    def is_slow(self, now: float) -> bool:
        """Whether it has been behind for too long, or too far."""
        if self.behind_since is None or self.room is None:
            return False
        too_far = self.room.ring.total_bytes - self.behind_from > MAX_LAG_BYTES
        return too_far or now - self.behind_since > MAX_LAG_SECONDS

    def bye(self, retry: int) -> bytes:
        """The last frame; `retry` (milliseconds) tells the client when to come back."""
        return sse.frame("bye", {"reason": self.reason}, retry=retry)


def _told(_stream: Stream) -> None:
    """What a closed stream does when closed again."""
