"""The one greenlet of a worker that writes to streams, and the one that feeds those that fell behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence

import gevent
from gevent.event import Event

from app.background.job import LoopName, attempt, report_failure, supervise
from app.domain.sse import Frame
from app.domain.stats import StatsView
from app.errors import DATABASE_AWAY
from app.event_log.append import Pruned
from app.live.room import Room
from app.live.socket_stream import SocketStream
from app.live.stream import Stream

YIELD_EVERY = 200  # sends, so that posts and health checks are answered in between
FEED_LIMIT = 500  # frames at a time: who is far behind takes turns with the others
RETRY_AFTER = 1.0  # seconds, when PostgreSQL could not be read

WRITES: LoopName = "stream-writes"
BACKFILL: LoopName = "stream-backfill"

Task = Callable[[], None]
Read = Callable[[Room, int, int], Sequence[bytes]]


class Writer:
    """Pushes rooms' news to their streams. `read` gives what a stream missed, `reset` says that nobody can."""

    def __init__(self, read: Read, reset: Callable[[Stream], None]):
        self._read = read
        self._reset = reset
        self._tasks: deque[Task] = deque()
        self._hungry: deque[Stream] = deque()
        self._has_tasks = Event()
        self._has_hungry = Event()
        self._greenlets: list[gevent.Greenlet[..., None]] = []

    def start(self) -> None:
        """Begin to write."""
        self._greenlets = [
            gevent.spawn(supervise, self._write, job=WRITES),
            gevent.spawn(supervise, self._feed, job=BACKFILL),
        ]

    def stop(self) -> None:
        """Stop writing."""
        gevent.killall(self._greenlets)

    def push(self, room: Room) -> None:
        """The room's ring has frames that its streams have not been pushed."""
        self._add(lambda: self._push(room))

    def offer(self, room: Room, kind: str, frames: Mapping[StatsView, Frame]) -> None:
        """Send each stream of a room its frame by its view."""
        self._add(lambda: self._offer(room, kind, frames))

    def fall_behind(self, stream: Stream) -> None:
        """The stream missed a push: feed it as soon as it can take more."""
        stream.lag()
        self.hungry(stream)

    def hungry(self, stream: Stream) -> None:
        """The stream can take more, if it is behind."""
        if stream.behind_since is not None and stream.can_take:
            self._hungry.append(stream)
            self._has_hungry.set()

    def writable(self, stream: SocketStream) -> None:
        """The stream's socket has room again."""
        if stream.on_writable():
            self.hungry(stream)

    def _add(self, task: Task) -> None:
        self._tasks.append(task)
        self._has_tasks.set()

    def _write(self) -> None:
        while True:
            self._has_tasks.wait()
            self._has_tasks.clear()
            while self._tasks:
                attempt(self._tasks.popleft(), job=WRITES)

    def _push(self, room: Room) -> None:
        start, end, chunks = room.unpushed()  # several commits' news in one write, if they came meanwhile
        if start == end:
            return
        for count, stream in enumerate(list(room.streams), 1):
            if chunks is None or not stream.push(start, end, chunks):
                self.fall_behind(stream)
            if not count % YIELD_EVERY:
                gevent.sleep(0)

    def _offer(self, room: Room, kind: str, frames: Mapping[StatsView, Frame]) -> None:
        for count, stream in enumerate(list(room.streams), 1):
            if frame := frames.get(stream.view):
                stream.offer(kind, frame)
            if not count % YIELD_EVERY:
                gevent.sleep(0)

    def _feed(self) -> None:
        while True:
            self._has_hungry.wait()
            self._has_hungry.clear()
            while self._hungry:
                stream = self._hungry.popleft()
                try:
                    self._feed_or_reset(stream)
                except DATABASE_AWAY:
                    stream.lag(anew=True)  # it waits for us, not we for it
                    gevent.spawn_later(RETRY_AFTER, self.hungry, stream)
                except Exception as error:
                    report_failure(error, job=BACKFILL)
                gevent.sleep(0)

    def _feed_or_reset(self, stream: Stream) -> None:
        place = _place(stream)
        try:
            self._feed_one(stream)
        except Pruned:
            if _place(stream) == place:
                self._reset(stream)
            else:
                self.hungry(stream)

    def _feed_one(self, stream: Stream) -> None:
        room = stream.room
        if room is None or stream.reason is not None or not stream.can_take:
            return
        if stream.cursor < room.sent:
            place = _place(stream)
            frames = self._read(room, stream.cursor, FEED_LIMIT)
            # While PostgreSQL was asked it may have left, been pushed these very events, or the log begun anew.
            if _place(stream) == place:
                taken = stream.feed(frames)
                stream.behind_from += sum(map(len, frames[:taken]))
        if stream.cursor >= room.sent:
            stream.caught_up()
        self.hungry(stream)


def _place(stream: Stream) -> tuple:
    """What must still hold when an answer about the stream's missed events arrives."""
    return stream.room, stream.room and stream.room.ring, stream.cursor, stream.reason
