"""Draws a timeline of events into the log, and reads the figures off at any moment of it."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from app.domain.event import NewEvent
from app.ingest.transaction import commit
from app.insights.tick import compute

MIKA, VERA, OLIVIA = (UUID(int=number) for number in (1, 2, 3))


class Timeline:
    """Events of one workspace; clock times like `23:59:59.999` are local ones of its zone on `day`."""

    def __init__(self, engine: Engine, workspace: UUID, zone: str, day: date):
        self._engine = engine
        self.workspace = workspace
        self._zone = ZoneInfo(zone)
        self._day = day
        self._ids = itertools.count(1)
        self._received: datetime | None = None

    def moment(self, clock: str, *, day: int = 0, fold: int = 0) -> datetime:
        """A local clock time, `day` days after the timeline's; `fold=1`: the second of two such times."""
        wall = datetime.fromisoformat(f"{self._day + timedelta(days=day)}T{clock}")
        return wall.replace(tzinfo=self._zone, fold=fold)

    def draw(self, *events: NewEvent, received: datetime | None = None) -> None:
        """Commit these events together, when the last of them occurred unless it says otherwise."""
        received = (received or max(event.timestamp for event in events)).astimezone(UTC)
        [outcome] = commit(self._engine, [events], received).outcomes
        assert [receipt.duplicate for receipt in outcome] == [False] * len(events)

    def event(
        self,
        clock: str | datetime,
        event_type: str,
        user: UUID = MIKA,
        session: str | None = None,
        **data: Any,
    ) -> NewEvent:
        """An event that occurred at a local clock time."""
        moment = self.moment(clock) if isinstance(clock, str) else clock
        return NewEvent(self.workspace, f"e-{next(self._ids)}", event_type, data, user, session, moment)

    def at(self, clock: str | datetime, event_type: str, *args: Any, **data: Any) -> None:
        """Commit one event the moment it occurs."""
        self.draw(self.event(clock, event_type, *args, **data))

    def figures(self, clock: str | datetime) -> dict[str, Any]:
        """All figures as of a local clock time."""
        now = self.moment(clock) if isinstance(clock, str) else clock
        return compute.compute(self._engine, [self.workspace], now)[self.workspace].payload
