"""The writer: one greenlet of a worker that writes to all streams, and one that backfills those that lag."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import gevent
from gevent.event import Event

from app.background.job import LoopName, attempt, report_failure, supervise
from app.domain.sse import Frame
from app.domain.stats import StatsView
from app.errors import DATABASE_AWAY
from app.event_log.append import EventsPruned
from app.live.event_reader import EventReader
from app.live.ring import Ring
from app.live.room import Room
from app.live.socket_stream import SocketStream
from app.live.stream import Stream

YIELD_EVERY = 200  # sends, so that posts and health checks are answered in between
BACKFILL_LIMIT = 500  # frames at a time: streams that are far behind take turns
RETRY_AFTER = 1.0  # seconds, when PostgreSQL could not be read

WRITES: LoopName = "stream-writes"
BACKFILL: LoopName = "stream-backfill"


class Writer:
    """Pushes a room's new frames to its streams. What a stream missed is read by `reader`, once it has room."""

    def __init__(self, reader: EventReader):
        self._reader = reader
        self._writes: deque[Callable[[], None]] = deque()
        self._backfills: deque[Stream] = deque()
        self._has_writes = Event()
        self._has_backfills = Event()
        self._greenlets: list[gevent.Greenlet[..., None]] = []

    def start(self) -> None:
        """Start to write."""
        self._greenlets = [
            gevent.spawn(supervise, self._write_forever, job=WRITES),
            gevent.spawn(supervise, self._backfill_forever, job=BACKFILL),
        ]

    def stop(self) -> None:
        """Stop writing."""
        gevent.killall(self._greenlets)

    def push(self, room: Room) -> None:
        """Push to the room's streams, soon, what its ring has and they have not."""
        self._enqueue(partial(self._push_to_streams, room))

    def send_latest(self, room: Room, kind: str, frames: Mapping[StatsView, Frame]) -> None:
        """Send each stream of a room, soon, the frame of its view."""
        self._enqueue(partial(self._send_latest_to_streams, room, kind, frames))

    def needs_backfill(self, stream: Stream) -> None:
        """The stream has missed a push: it lags, and is backfilled as soon as it is writable."""
        stream.mark_lagging()
        self.ready_for_backfill(stream)

    def ready_for_backfill(self, stream: Stream) -> None:
        """Backfill the stream, soon, if it lags and is writable."""
        if stream.lagging_since is not None and stream.is_writable:
            self._backfills.append(stream)
            self._has_backfills.set()

    def on_writable(self, stream: SocketStream) -> None:
        """The stream's socket has room again."""
        if stream.on_writable():
            self.ready_for_backfill(stream)

    def _enqueue(self, write: Callable[[], None]) -> None:
        self._writes.append(write)
        self._has_writes.set()

    def _write_forever(self) -> None:
        while True:
            self._has_writes.wait()
            self._has_writes.clear()
            while self._writes:
                attempt(self._writes.popleft(), job=WRITES)

    def _push_to_streams(self, room: Room) -> None:
        start, end, chunks = room.pop_unpushed()  # several commits in one write, if they came meanwhile
        if start == end:
            return
        for count, stream in enumerate(list(room.streams), 1):
            if chunks is None or not stream.push(start, end, chunks):
                self.needs_backfill(stream)
            if not count % YIELD_EVERY:
                gevent.sleep(0)

    def _send_latest_to_streams(self, room: Room, kind: str, frames: Mapping[StatsView, Frame]) -> None:
        for count, stream in enumerate(list(room.streams), 1):
            if frame := frames.get(stream.view):
                stream.send_latest(kind, frame)
            if not count % YIELD_EVERY:
                gevent.sleep(0)

    def _backfill_forever(self) -> None:
        while True:
            self._has_backfills.wait()
            self._has_backfills.clear()
            while self._backfills:
                stream = self._backfills.popleft()
                try:
                    self._backfill_or_reset(stream)
                except DATABASE_AWAY:
                    stream.mark_lagging(restart=True)  # it waits for us, not we for it
                    gevent.spawn_later(RETRY_AFTER, self.ready_for_backfill, stream)
                except Exception as error:  # other streams go on
                    report_failure(error, job=BACKFILL)
                gevent.sleep(0)

    def _backfill_or_reset(self, stream: Stream) -> None:
        position = _position(stream)
        try:
            self._backfill(stream)
        except EventsPruned:
            if _position(stream) == position:
                stream.reset()
            else:
                self.ready_for_backfill(stream)

    def _backfill(self, stream: Stream) -> None:
        room = stream.room
        if room is None or stream.reason is not None or not stream.is_writable:
            return
        if stream.cursor < room.sent:
            position = _position(stream)
            frames = self._reader.read(room, stream.cursor, BACKFILL_LIMIT)
            # During the query it may have left, been pushed these very events, or the log begun a new epoch.
            if _position(stream) == position:
                sent = stream.backfill(frames)
                stream.lag_start_bytes += sum(map(len, frames[:sent]))
        if stream.cursor >= room.sent:
            stream.mark_current()
        self.ready_for_backfill(stream)


class _Position(NamedTuple):
    """What must still hold when the events that a stream missed have been read."""

    room: Room | None
    ring: Ring | None
    cursor: int
    reason: str | None


def _position(stream: Stream) -> _Position:
    room = stream.room
    return _Position(room, room.ring if room else None, stream.cursor, stream.reason)
