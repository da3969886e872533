"""The hub: all rooms of a worker. It takes the news of all commits, keeps order and fetches what is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from uuid import UUID

import gevent
from gevent.event import AsyncResult
from sqlalchemy import Engine

from app import event_log
from app.bus import Bus, Message
from app.domain.event import event_frame
from app.domain.ids import Cursor
from app.domain.ordering import PATIENCE
from app.domain.stats import Stats
from app.errors import DATABASE_AWAY, NotFound, TooManyStreams
from app.live.room import Room, Tick, end_all
from app.live.stream import Stream

log = logging.getLogger(__name__)

TAP_TIMEOUT = 1.0  # seconds to wait for Redis when a room opens; without it, ticks tell of what was missed
FETCH_LIMIT = 500  # events fetched at a time
RETRY_AFTER = 5  # seconds that a refused client should wait


class Hub:
    """The rooms of one worker, opened with their first stream and closed with their last."""

    def __init__(self, engine: Engine, max_streams: int):
        self._engine = engine
        self._max_streams = max_streams
        self._rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, AsyncResult] = {}
        self._streams = 0
        self._greenlet: gevent.Greenlet | None = None
        self.bus: Bus  # set by whoever connects the two; the bus in turn delivers to the hub

    def start(self) -> None:
        """Begin to fetch what the bus has lost."""
        self._greenlet = gevent.spawn(self._mend)

    def stop(self, reason: str) -> None:
        """End all streams and stop."""
        end_all((stream for room in self._rooms.values() for stream in room.streams), reason)
        if self._greenlet:
            self._greenlet.kill()

    @property
    def rooms(self) -> list[Room]:
        """The rooms that are open now."""
        return list(self._rooms.values())

    def room(self, workspace: UUID) -> Room | None:
        """A workspace's room, if it is open."""
        return self._rooms.get(workspace)

    @property
    def open_streams(self) -> int:
        """Streams on this worker."""
        return self._streams

    def admit(self) -> None:
        """Raise TooManyStreams if there is no room for another stream."""
        if self._streams >= self._max_streams:
            raise TooManyStreams(retry_after=RETRY_AFTER)

    def enter(self, workspace: UUID) -> Room:
        """The workspace's room, opened if need be: from its head on, nothing is missed."""
        while (room := self._rooms.get(workspace)) is None:
            if opening := self._opening.get(workspace):
                opening.get()
            else:
                self._open(workspace)
        return room

    def join(self, room: Room, stream: Stream) -> Room:
        """Put a stream into its room; returns the room it is in, which may have been opened anew meanwhile."""
        room = self.enter(room.workspace_id)
        room.streams.add(stream)
        self._streams += 1
        return room

    def leave(self, room: Room, stream: Stream) -> None:
        """Take a stream out; the last one closes the room."""
        if stream not in room.streams:
            return
        room.streams.discard(stream)
        self._streams -= 1
        if not room.streams and self._rooms.get(room.workspace_id) is room:
            del self._rooms[room.workspace_id]
            self.bus.untap(room.workspace_id)

    def deliver(self, message: Message) -> None:
        """Take a message of the bus, or one that this worker has just sent itself."""
        room = self._rooms.get(message.workspace_id)
        if room and (handle := HANDLERS.get(message.kind)):
            handle(room, message)

    def broadcast(self, kind: str, frame: bytes) -> None:
        """Send a frame to all streams of this worker."""
        for room in self.rooms:
            room.broadcast(kind, frame)

    def read(self, room: Room, seq: int, limit: int) -> tuple[int, bytes]:
        """Frames after `seq` (at most `limit`) joined, and the last number among them; from the ring if it can."""
        frames = room.ring.after(seq, limit)
        if frames is None:
            frames = self._fetch(room, seq, room.ring.head, limit)
        return seq + len(frames), b"".join(frames)

    def refresh_head(self, room: Room) -> None:
        """Ask PostgreSQL where the workspace's log ends; what the bus has not brought will be fetched."""
        with self._engine.connect() as connection:
            head = event_log.heads(connection, [room.workspace_id]).get(room.workspace_id)
        if head:
            room.saw_head(head.epoch, head.seq, monotonic())

    def _open(self, workspace: UUID) -> None:
        opening = self._opening[workspace] = AsyncResult()
        try:
            # Tap first, read the head after: what is committed in between comes by the tap or is in the head.
            self.bus.tap(workspace, TAP_TIMEOUT)
            with self._engine.connect() as connection:
                head = event_log.heads(connection, [workspace]).get(workspace)
            if head is None:
                raise NotFound()
            self._rooms[workspace] = Room(workspace, head.epoch, head.seq)
            opening.set()
        except BaseException as error:
            self.bus.untap(workspace)
            opening.set_exception(error)
            raise
        finally:
            del self._opening[workspace]

    def _fetch(self, room: Room, after: int, up_to: int, limit: int) -> list[bytes]:
        with self._engine.connect() as connection:
            events = event_log.read_after(connection, room.workspace_id, after, up_to=up_to, limit=limit)
        epoch = room.sequencer.epoch
        return [event_frame(epoch, e.seq, e.event_type, e.user_id, e.occurred_at, e.event_id) for e in events]

    def _mend(self) -> None:
        while True:
            gevent.sleep(PATIENCE)
            for room in [room for room in self.rooms if room.sequencer.waiting]:
                try:
                    self._fill_gap(room)
                except DATABASE_AWAY as error:
                    log.warning("a gap cannot be filled yet: %s", type(error).__name__)

    def _fill_gap(self, room: Room) -> None:
        gap = room.sequencer.missing(monotonic())
        if gap:
            first, last = gap
            frames = self._fetch(room, first - 1, last, FETCH_LIMIT)
            if frames:
                room.offer(first, frames, monotonic())


def _on_events(room: Room, message: Message) -> None:
    if message.head["epoch"] == room.sequencer.epoch:
        room.offer(message.head["first"], message.frames(), monotonic())


def _on_stats(room: Room, message: Message) -> None:
    cursor = Cursor(message.head["epoch"], message.head["seq"])
    room.show(Tick(Stats(message.head["stats"], cursor), monotonic()))


HANDLERS: dict[str, Callable[[Room, Message], None]] = {
    "events": _on_events,
    "stats": _on_stats,
}
