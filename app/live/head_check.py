"""Head check: asks PostgreSQL where logs end, for the rooms of a worker, one question at a time.

News of an unknown epoch, a head that fell and a number that came twice are answered by it. Without it each late
message would be a query for all rooms, and an older answer could undo a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

import gevent
from gevent.event import Event
from sqlalchemy import Engine

from app.background.coalescing import Coalescer
from app.background.job import attempt
from app.event_log import heads
from app.event_log.heads import Head
from app.live.room import Room

PAUSE = 0.1  # seconds between two checks of suspects: late messages come in bunches
RETRY_AFTER = 1.0  # seconds, when PostgreSQL could not be asked


class HeadCheck:
    """One worker's checks; `begin_anew` is told of rooms whose log has another epoch by now."""

    def __init__(self, engine: Engine, begin_anew: Callable[[Room, Head], None]):
        self._engine = engine
        self._begin_anew = begin_anew
        self._checks: Coalescer[Sequence[Room], None] = Coalescer(self._check_all)
        self._suspects: set[Room] = set()
        self._has_suspects = Event()

    def check(self, rooms: Sequence[Room]) -> None:
        """Wait until these rooms know where their logs end; raises what the database does."""
        if rooms:
            self._checks.get(rooms)

    def suspect(self, room: Room) -> None:
        """Have a room checked soon; many suspicions at a time are one question."""
        self._suspects.add(room)
        self._has_suspects.set()

    def run(self) -> None:
        """Check suspects, for ever."""
        while True:
            self._has_suspects.wait()
            self._has_suspects.clear()
            suspects, self._suspects = self._suspects, set()
            if not attempt(lambda rooms=list(suspects): self.check(rooms), job="head-check"):
                self._suspects |= suspects
                self._has_suspects.set()
                gevent.sleep(RETRY_AFTER)
            gevent.sleep(PAUSE)

    def _check_all(self, asked: Sequence[Sequence[Room]]) -> Sequence[None]:
        rooms = {room.workspace_id: room for some in asked for room in some}
        shown = {workspace: room.shown for workspace, room in rooms.items()}
        broken = {workspace: shown[workspace].epoch for workspace, room in rooms.items() if room.is_broken}
        for workspace, head in heads.current_heads(self._engine, shown, broken).items():
            if head.epoch != rooms[workspace].sequencer.epoch:
                self._begin_anew(rooms[workspace], head)
            else:
                rooms[workspace].saw_head(head.epoch, head.seq, monotonic())
        return [None] * len(asked)
