"""The figures since local midnight: from the counts in Redis where they are exact, from the minute sums elsewhere.

Exact means: of this very day, up to this very number, which is where the snapshot's log ends. The minute sums of a
day are read for the others only, and what comes of it is put in Redis, so that the next tick need not read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import gevent
from sqlalchemy import Connection

from app.domain.windows import TODAY
from app.insights.metrics.registry import METRICS, Metric, query_metric
from app.insights.tick.log_positions import LogPosition, parameters_at
from app.redis.counters import Counted, Counters, Counts

# The counts are of events; the messages taken back since are few, and have an index of their own.
RETRACTED = Metric(
    "messagesTakenBack",
    "messages",
    "Messages sent since local midnight, and deleted since.",
    TODAY,
    "last",
    """SELECT w.id, sum(m.retracted) FROM w
        JOIN minute_counts AS m ON m.workspace_id = w.id AND m.minute >= $start
        AND m.minute >= %(dawn)s AND m.retracted > 0
        GROUP BY w.id""",
)


class DayCounts:
    """One computation's figures of the day."""

    def __init__(self, counters: Counters, places: Iterable[LogPosition], now: datetime):
        self._counters = counters
        self._places = {place.workspace_id: place for place in places}
        self._now = now
        self._summed: dict[UUID, Counts] = {}
        self._reading = gevent.spawn(self._read)  # Redis answers while PostgreSQL is at the other metrics

    def event_counts(self, connection: Connection) -> dict[UUID, Counts]:
        """Events by type."""
        if missing := self._missing():
            sums = query_metric(connection, parameters_at(missing, self._now), METRICS["eventCounts"])
            self._summed = {place.workspace_id: sums.get(place.workspace_id, {}) for place in missing}
        return self._exact() | self._summed

    def messages(self, connection: Connection) -> dict[UUID, int]:
        """Messages sent and not taken back."""
        figures: dict[UUID, int] = {}
        if missing := self._missing():
            figures |= query_metric(connection, parameters_at(missing, self._now), METRICS["messagesToday"])
        if exact := self._exact():
            places = [self._places[workspace] for workspace in exact]
            taken_back = query_metric(connection, parameters_at(places, self._now), RETRACTED)
            figures |= {
                ws: counts.get("message.sent", 0) - taken_back.get(ws, 0) for ws, counts in exact.items()
            }
        return figures

    def write_back(self) -> None:
        """Put in Redis what it did not have."""
        self._counters.put(
            {ws: Counted(self._places[ws].mark, counts) for ws, counts in self._summed.items()}
        )

    def _exact(self) -> dict[UUID, Counts]:
        return self._reading.get()

    def _missing(self) -> list[LogPosition]:
        return [place for workspace, place in self._places.items() if workspace not in self._exact()]

    def _read(self) -> dict[UUID, Counts]:
        found = self._counters.read(self._places)
        return {ws: held.counts for ws, held in found.items() if held.mark == self._places[ws].mark}
