"""A log drawn by hand, over many days of partitions, with late events and with its oldest days dropped."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, insert

from app.domain.event import MAX_AHEAD, MAX_LATE
from app.event_log import partitions
from app.models import Event

FIRST_DAY = datetime(2025, 3, 1, tzinfo=UTC)
DAYS = 14
DROPPED = 10  # of the oldest events
WORKSPACE, NEIGHBOUR = uuid.UUID(int=1), uuid.UUID(int=2)
USERS = (uuid.UUID(int=11), uuid.UUID(int=12))
TYPES = ("message.sent", "task.created", "rare.thing")


TEXTS = ("50% off_A\\B", 'Größe "X" [a-z]', "naïve ÉCOLE", "日本 🎉", "plain")


class Entry(NamedTuple):
    seq: int
    event_type: str
    user_id: uuid.UUID
    occurred_at: datetime
    received_at: datetime

    @property
    def event_id(self) -> str:
        return f"e{self.seq}"

    @property
    def session_id(self) -> str | None:
        return f"S-{self.seq % 7}" if self.seq % 5 else None

    @property
    def event_data(self) -> dict[str, object]:
        return {"n": self.seq, "inner": [{"Text": TEXTS[self.seq % 5]}]}


def drawn() -> list[Entry]:
    """120 events, received at unequal distances; some as late, and some as far ahead, as is allowed."""
    entries, received = [], FIRST_DAY
    for seq in range(1, 121):
        received += timedelta(minutes=(seq * 37) % 331 + 1)
        shift = (timedelta(), -MAX_LATE, MAX_AHEAD, timedelta(hours=-3))[(seq * 7) % 4]
        event_type = TYPES[2] if seq % 29 == 0 else TYPES[seq % 2]
        entries.append(Entry(seq, event_type, USERS[seq % 3 == 0], received + shift, received))
    assert received < FIRST_DAY + timedelta(days=DAYS)
    return entries


def store(connection: Connection, entries: Sequence[Entry]) -> None:
    """Put what is still kept into the log, for the workspace and, all the same, for its neighbour."""
    partitions.create(connection, FIRST_DAY.date(), DAYS)
    for workspace in (WORKSPACE, NEIGHBOUR):
        rows = [
            {
                **entry._asdict(),
                "workspace_id": workspace,
                "event_id": entry.event_id,
                "session_id": entry.session_id,
                "event_data": entry.event_data,
            }
            for entry in entries[DROPPED:]
        ]
        connection.execute(insert(Event), rows)
