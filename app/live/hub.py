"""The hub: all rooms of a worker. It gets the news of all commits, keeps their order, and fills gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import monotonic
from uuid import UUID

import gevent
from gevent.event import AsyncResult
from sqlalchemy import Engine

from app.background.job import attempt, supervise
from app.domain import sse
from app.domain.ids import Cursor
from app.domain.sse import Frame
from app.domain.stats import Stats
from app.errors import NotFound
from app.event_log import append, heads
from app.event_log.heads import Head
from app.live.event_reader import EventReader
from app.live.frames import degraded_frame
from app.live.head_check import HeadCheck
from app.live.room import Room, Tick
from app.live.stream import Stream
from app.live.writer import Writer
from app.redis.bus import Bus
from app.redis.bus_messages import AnnotationOffered, EventsAppended, HeadMoved, StatsComputed, WorkspaceNews

SUBSCRIBE_TIMEOUT = (
    1.0  # seconds to wait for Redis when a room opens; without it, ticks reveal what was missed
)
# Opening a room takes Redis and PostgreSQL: a page that reloads, or a herd that comes and goes, finds it open.
EMPTY_ROOM_TTL = 5.0  # seconds
CLOSE_EVERY = 1.0  # seconds
NOTHING_RELEASED = Cursor("", 0)


class Hub:
    """The rooms of one worker, opened with their first stream and closed after their last."""

    def __init__(self, engine: Engine, bus: Bus):
        self._engine = engine
        self._rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, AsyncResult[None]] = {}
        self._head_check = HeadCheck(engine)
        self._reader = EventReader(engine)
        self.writer = Writer(self._reader)
        self.bus = bus
        self.degraded = False  # the bus is silent, and PostgreSQL is polled
        self._head_checks: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Start to write to streams, and to check heads."""
        self.writer.start()
        self._head_checks = gevent.spawn(supervise, self._head_check.run, job="head-check")

    def stop(self) -> None:
        """Stop; streams should have ended."""
        if self._head_checks:
            self._head_checks.kill()
        self.writer.stop()

    @property
    def rooms(self) -> list[Room]:
        """The rooms that are open now."""
        return list(self._rooms.values())

    def room(self, workspace: UUID) -> Room | None:
        """A workspace's room, if it is open."""
        return self._rooms.get(workspace)

    def streams(self) -> Iterator[Stream]:
        """All streams of this worker; they may come and go meanwhile."""
        for room in self.rooms:
            yield from list(room.streams)

    def enter(self, workspace: UUID) -> Room:
        """The workspace's room, opened if need be: from its head on, no event is missed."""
        while (room := self._rooms.get(workspace)) is None:
            if opening := self._opening.get(workspace):
                opening.get()
            else:
                self._open_room(workspace)
        return room

    def join(self, stream: Stream) -> None:
        """Add a stream to its room: from its cursor on, it misses no event."""
        room = self.enter(stream.identity.workspace_id)
        room.streams.add(stream)
        stream.room = room
        room.empty_since = None
        if (
            stream.epoch != room.sequencer.epoch
        ):  # the log began a new epoch while the stream was being opened
            stream.reset()
        if self.degraded:
            stream.send_latest("health", degraded_frame())
        if stream.cursor < room.sent:
            self.writer.needs_backfill(stream)

    def leave(self, stream: Stream) -> None:
        """Remove a stream; a room that stays empty for a while is closed."""
        room = stream.room
        if room is None:
            return
        stream.room = None
        room.streams.discard(stream)
        if not room.streams:
            room.empty_since = monotonic()

    def deliver(self, message: WorkspaceNews) -> None:
        """Handle news of a workspace, of another worker by the bus or of this one directly. Does not wait."""
        room = self._rooms.get(message.workspace_id)
        if room is None:
            return
        if message.epoch != room.sequencer.epoch:
            # Late news of an old epoch, or the first of a new one: PostgreSQL knows.
            self._head_check.suspect(room)
            return
        match message:
            case EventsAppended():
                self._add_events(room, message.first, message.frames)
            case StatsComputed():
                self._show_stats(room, message.stats)
            case HeadMoved():
                room.note_head(message.epoch, message.seq, monotonic())

    def offer(self, message: AnnotationOffered) -> None:
        """Send a frame that is no part of the log to a workspace's streams; of one that lags the latest waits."""
        if room := self._rooms.get(message.workspace_id):
            frame = Frame.from_bytes(sse.frame("annotation", message.frame))
            views = {stream.view for stream in room.streams}
            self.writer.send_latest(room, "annotation", dict.fromkeys(views, frame))

    def broadcast(self, kind: str, frame: Frame, chosen: Callable[[Stream], bool] | None = None) -> None:
        """Send a frame to all streams of this worker, or to the chosen ones."""
        for stream in self.streams():
            if chosen is None or chosen(stream):
                stream.send_latest(kind, frame)

    def refresh_heads(self) -> None:
        """Read, in one query, where the logs of all rooms end; missing events will be fetched."""
        self._head_check.check(self.rooms)

    def refresh_head(self, room: Room) -> None:
        """The same for one room."""
        self._head_check.check([room])

    def _open_room(self, workspace: UUID) -> None:
        opening = self._opening[workspace] = AsyncResult()
        try:
            # Subscribe first, read the head after: a commit in between is published to us or is in the head.
            self.bus.subscribe(workspace, SUBSCRIBE_TIMEOUT)
            head = heads.current_heads(self._engine, {workspace: NOTHING_RELEASED}).get(workspace)
            if head is None:
                raise NotFound()
            self._rooms[workspace] = Room(workspace, head.epoch, head.seq, monotonic())
            opening.set(None)
        except BaseException as error:
            self.bus.unsubscribe(workspace)
            opening.set_exception(error)
            raise
        finally:
            del self._opening[workspace]

    def close_empty_rooms(self) -> None:
        """Close the rooms that have been empty for a while."""
        # Those too that were opened for a stream which then never joined.
        since = monotonic() - EMPTY_ROOM_TTL
        for room in self.rooms:
            if room.empty_since is not None and room.empty_since < since:
                del self._rooms[room.workspace_id]
                self.bus.unsubscribe(room.workspace_id)

    def _show_stats(self, room: Room, stats: Stats) -> None:
        if room.head_went_back(stats.cursor.seq):
            self._head_check.suspect(room)
        frames = room.set_tick(Tick(Stats(stats.payload, stats.cursor, room.baseline), monotonic()))
        self.writer.send_latest(room, "stats", frames)

    def _add_events(self, room: Room, first: int, frames: Sequence[bytes]) -> None:
        if room.reuses_number(first, frames):
            room.is_broken = True
            self._head_check.suspect(room)
        if room.add(first, frames, monotonic()):
            self.writer.push(room)

    def fill_gaps(self) -> None:
        """Fetch the events that the bus has lost."""
        for room in [room for room in self.rooms if room.sequencer.has_gap]:
            attempt(partial(self._fill_gap, room), job="gap-repair")

    def _fill_gap(self, room: Room) -> None:
        gap = room.sequencer.overdue_gap(monotonic())
        if gap is None:
            return
        first, last = gap
        try:
            frames = self._reader.fetch(room, first - 1, last)
        except append.EventsPruned:
            room.restart(Head(room.cursor.epoch, room.cursor.seq, room.cursor.seq), monotonic())
        else:
            if room.add(first, frames, monotonic()):
                self.writer.push(room)
