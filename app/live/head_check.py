"""Head check: reads from PostgreSQL where logs end, for the rooms of a worker, one query at a time.

It settles news of an unknown epoch, a head that went back and a number that was used twice. Without it each late
message would be a query for all rooms, and an older result could undo a newer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from time import monotonic

import gevent
from gevent.event import Event
from sqlalchemy import Engine

from app.background.coalescing import Coalescer
from app.background.job import attempt
from app.event_log import heads
from app.live.room import Room

PAUSE = 0.1  # seconds between two checks of suspects: late messages come in bunches
RETRY_AFTER = 1.0  # seconds, after a failed query


class HeadCheck:
    """One worker's checks. A room whose log has a new epoch is restarted."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._checks: Coalescer[Sequence[Room], None] = Coalescer(self._check_all)
        self._suspects: set[Room] = set()
        self._has_suspects = Event()

    def check(self, rooms: Sequence[Room]) -> None:
        """Wait until these rooms know where their logs end; raises what the database does."""
        if rooms:
            self._checks.get(rooms)

    def suspect(self, room: Room) -> None:
        """Have a room checked soon; many suspicions at a time share one query."""
        self._suspects.add(room)
        self._has_suspects.set()

    def run(self) -> None:
        """Check suspects, for ever."""
        while True:
            self._has_suspects.wait()
            self._has_suspects.clear()
            suspects, self._suspects = self._suspects, set()
            if not attempt(partial(self.check, list(suspects)), job="head-check"):
                self._suspects |= suspects
                self._has_suspects.set()
                gevent.sleep(RETRY_AFTER)
            gevent.sleep(PAUSE)

    def _check_all(self, checks: Sequence[Sequence[Room]]) -> Sequence[None]:
        rooms = {room.workspace_id: room for check in checks for room in check}
        released = {workspace: room.released for workspace, room in rooms.items()}
        broken = {workspace: released[workspace].epoch for workspace, room in rooms.items() if room.is_broken}
        for workspace, head in heads.current_heads(self._engine, released, broken).items():
            if head.epoch != rooms[workspace].sequencer.epoch:
                rooms[workspace].restart(head, monotonic())
            else:
                rooms[workspace].note_head(head.epoch, head.seq, monotonic())
        return [None] * len(checks)
