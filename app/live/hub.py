"""The hub: all rooms of a worker. It takes the news of all commits, keeps order and fetches what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import monotonic
from uuid import UUID

import gevent
from gevent.event import AsyncResult
from sqlalchemy import Engine

from app.background.job import attempt, supervise
from app.domain.event import event_frame
from app.domain.ids import Cursor
from app.domain.sse import Frame
from app.domain.stats import Stats
from app.errors import NotFound
from app.event_log import append, heads
from app.event_log.heads import Head
from app.live.head_check import HeadCheck
from app.live.notices import degraded_frame, reset_frame
from app.live.prologue import MAX_REPLAY
from app.live.room import Room, Tick
from app.live.stream import Stream
from app.live.writer import Writer
from app.redis.bus import Bus
from app.redis.bus_messages import EventsAppended, HeadMoved, StatsComputed, WorkspaceNews

SUBSCRIBE_TIMEOUT = (
    1.0  # seconds to wait for Redis when a room opens; without it, ticks tell of what was missed
)
# Opening a room takes Redis and PostgreSQL: a page that reloads, or a herd that comes and goes, finds it open.
ROOM_LINGERS = 5.0  # seconds
CLOSE_EVERY = 1.0  # seconds
FETCH_LIMIT = 500  # events fetched at a time
NOTHING_SHOWN = Cursor("", 0)


class Hub:
    """The rooms of one worker, opened with their first stream and closed with their last."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._rooms: dict[UUID, Room] = {}
        self._opening: dict[UUID, AsyncResult] = {}
        self._head_check = HeadCheck(engine, self._begin_anew)
        self.writer = Writer(self.read, self.reset)
        self.bus: Bus  # set by whoever connects the two; the bus in turn delivers to the hub
        self.degraded = False
        self._head_checks: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Begin to write, and to check heads."""
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
        """All streams of this worker; a copy, so streams may come and go meanwhile."""
        for room in self.rooms:
            yield from list(room.streams)

    def enter(self, workspace: UUID) -> Room:
        """The workspace's room, opened if need be: from its head on, nothing is missed."""
        while (room := self._rooms.get(workspace)) is None:
            if opening := self._opening.get(workspace):
                opening.get()
            else:
                self._open(workspace)
        return room

    def join(self, stream: Stream) -> None:
        """Put a stream into its room: from now on, and from its cursor on, it misses nothing."""
        room = self.enter(stream.identity.workspace_id)
        room.streams.add(stream)
        stream.room = room
        room.empty_since = None
        if stream.epoch != room.sequencer.epoch:  # the log began anew while the stream was being opened
            self.reset(stream)
        if self.degraded:
            stream.offer("health", degraded_frame())
        if stream.cursor < room.sent:
            self.writer.fall_behind(stream)

    def leave(self, stream: Stream) -> None:
        """Take a stream out; a room that stays empty for a while is closed."""
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
                self._take(room, message.first, message.frames)
            case StatsComputed():
                self._show(room, message.stats)
            case HeadMoved():
                room.saw_head(message.epoch, message.seq, monotonic())

    def broadcast(self, kind: str, frame: Frame, chosen: Callable[[Stream], bool] | None = None) -> None:
        """Send a frame to the streams of this worker, or those of them that are chosen."""
        for stream in self.streams():
            if chosen is None or chosen(stream):
                stream.offer(kind, frame)

    def read(self, room: Room, after: int, limit: int) -> Sequence[bytes]:
        """What has been pushed since `after`, in order, at most `limit` frames.

        From the ring if it can, else from PostgreSQL; raises event_log.Pruned.
        """
        limit = min(limit, room.sent - after)
        frames = room.ring.after(after, limit)
        if frames is None:
            frames = self._fetch(room, after, after + limit)
        return frames

    def reset(self, stream: Stream) -> None:
        """Tell a stream that it cannot be given what it missed, and go on from what has been pushed."""
        if stream.room is None:
            return
        stream.epoch = stream.room.sequencer.epoch
        stream.cursor = stream.room.sent
        stream.behind_since = None
        stream.offer("reset", reset_frame(Cursor(stream.epoch, stream.cursor)))

    def refresh_heads(self) -> None:
        """Ask PostgreSQL, in one query, where the logs of all rooms end; what did not come will be fetched."""
        self._head_check.check(self.rooms)

    def refresh_head(self, room: Room) -> None:
        """The same for one room."""
        self._head_check.check([room])

    def _open(self, workspace: UUID) -> None:
        opening = self._opening[workspace] = AsyncResult()
        try:
            # Subscribe first, read the head after: a commit in between is published to us or is in the head.
            self.bus.subscribe(workspace, SUBSCRIBE_TIMEOUT)
            head = heads.current_heads(self._engine, {workspace: NOTHING_SHOWN}).get(workspace)
            if head is None:
                raise NotFound()
            self._rooms[workspace] = Room(workspace, head.epoch, head.seq, monotonic())
            opening.set()
        except BaseException as error:
            self.bus.unsubscribe(workspace)
            opening.set_exception(error)
            raise
        finally:
            del self._opening[workspace]

    def close_empty_rooms(self) -> None:
        """Close the rooms that have been empty for a while."""
        # Those too that were opened for a stream which then never came.
        since = monotonic() - ROOM_LINGERS
        for room in self.rooms:
            if room.empty_since is not None and room.empty_since < since:
                del self._rooms[room.workspace_id]
                self.bus.unsubscribe(room.workspace_id)

    def _show(self, room: Room, stats: Stats) -> None:
        if room.falls_behind(stats.cursor.seq):
            self._head_check.suspect(room)
        frames = room.show(Tick(Stats(stats.payload, stats.cursor, room.baseline), monotonic()))
        self.writer.offer(room, "stats", frames)

    def _take(self, room: Room, first: int, frames: Sequence[bytes]) -> None:
        if room.repeats_number(first, frames):
            room.is_broken = True
            self._head_check.suspect(room)
        if room.offer(first, frames, monotonic()):
            self.writer.push(room)

    def _begin_anew(self, room: Room, head: Head) -> None:
        # What has been appended in this epoch is fetched like any gap, unless that is too much to be worth it.
        start = head.epoch_from if head.seq - head.epoch_from <= MAX_REPLAY else head.seq
        room.begin(head.epoch, start)
        room.saw_head(head.epoch, head.seq, monotonic())
        for stream in list(room.streams):
            self.reset(stream)

    def _fetch(self, room: Room, after: int, up_to: int) -> list[bytes]:
        epoch = room.sequencer.epoch
        with self._engine.connect() as connection:
            events = append.read_after(connection, room.workspace_id, after, up_to=up_to, limit=FETCH_LIMIT)
        if [e.seq for e in events] != list(range(after + 1, after + 1 + len(events))) or not events:
            raise append.Pruned  # never a silent gap
        return [event_frame(epoch, e.seq, e.event_type, e.user_id, e.occurred_at, e.event_id) for e in events]

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
            frames = self._fetch(room, first - 1, last)
        except append.Pruned:
            self._begin_anew(room, Head(room.cursor.epoch, room.cursor.seq, room.cursor.seq))
        else:
            if room.offer(first, frames, monotonic()):
                self.writer.push(room)
