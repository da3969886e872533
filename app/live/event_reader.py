"""Reads the events that a stream or a room has missed: from the room's ring, else from PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from app.domain.event import event_frame
from app.event_log import append
from app.live.room import Room

FETCH_LIMIT = 500  # events a query


class EventReader:
    """Events as frames, in order of their numbers; raises `append.EventsPruned` instead of a silent gap."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def read(self, room: Room, after: int, limit: int) -> Sequence[bytes]:
        """At most `limit` frames of those that have been pushed and are numbered above `after`."""
        limit = min(limit, room.sent - after)
        frames = room.ring.after(after, limit)
        return self.fetch(room, after, after + limit) if frames is None else frames

    def fetch(self, room: Room, after: int, up_to: int) -> list[bytes]:
        """Frames numbered `after` + 1 … `up_to` from PostgreSQL, or the first FETCH_LIMIT of them."""
        epoch = room.sequencer.epoch
        with self._engine.connect() as connection:
            events = append.read_after(connection, room.workspace_id, after, up_to=up_to, limit=FETCH_LIMIT)
        if [e.seq for e in events] != list(range(after + 1, after + 1 + len(events))) or not events:
            raise append.EventsPruned
        return [
            event_frame(epoch, e.seq, e.event_type, e.user_id, e.occurred_at, e.event_id, e.references)
            for e in events
        ]
