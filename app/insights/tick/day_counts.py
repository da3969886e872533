"""Figures since local midnight, from the counters in Redis where these are exact, else from minute sums.

Counters are exact if their mark equals the snapshot's position: same epoch, same midnight, same sequence number.
Only the other workspaces' minute sums of the day are read, and the result is written to Redis for the next tick.
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

# Counters in Redis are of events. Messages deleted since are few, and have a partial index.
RETRACTED = Metric(
    "messagesRetracted",
    "messages",
    "Messages sent since local midnight, and deleted since.",
    TODAY,
    "amount",
    """SELECT w.id, sum(m.retracted) FROM w
        JOIN minute_counts AS m ON m.workspace_id = w.id AND m.minute >= $start
        AND m.minute >= %(dawn)s AND m.retracted > 0
        GROUP BY w.id""",
)


class DayCounts:
    """The day's figures of one computation."""

    def __init__(self, counters: Counters, positions: Iterable[LogPosition], now: datetime):
        self._counters = counters
        self._positions = {position.workspace_id: position for position in positions}
        self._now = now
        self._summed: dict[UUID, Counts] = {}
        self._reading = gevent.spawn(self._read_exact)  # while PostgreSQL computes the other metrics

    def event_counts(self, connection: Connection) -> dict[UUID, Counts]:
        """Events by type."""
        if inexact := self._inexact():
            sums = query_metric(connection, parameters_at(inexact, self._now), METRICS["eventCounts"])
            self._summed = {
                position.workspace_id: sums.get(position.workspace_id, {}) for position in inexact
            }
        return self._exact() | self._summed

    def messages(self, connection: Connection) -> dict[UUID, int]:
        """Messages sent, less those deleted."""
        figures: dict[UUID, int] = {}
        if inexact := self._inexact():
            figures |= query_metric(connection, parameters_at(inexact, self._now), METRICS["messagesToday"])
        if exact := self._exact():
            positions = [self._positions[workspace] for workspace in exact]
            retracted = query_metric(connection, parameters_at(positions, self._now), RETRACTED)
            figures |= {
                ws: counts.get("message.sent", 0) - retracted.get(ws, 0) for ws, counts in exact.items()
            }
        return figures

    def write_back(self) -> None:
        """Write to Redis the counts that were summed up because its own were absent or not exact."""
        self._counters.put(
            {ws: Counted(self._positions[ws].mark, counts) for ws, counts in self._summed.items()}
        )

    def _exact(self) -> dict[UUID, Counts]:
        return self._reading.get()

    def _inexact(self) -> list[LogPosition]:
        return [position for workspace, position in self._positions.items() if workspace not in self._exact()]

    def _read_exact(self) -> dict[UUID, Counts]:
        found = self._counters.read(self._positions)
        return {ws: held.counts for ws, held in found.items() if held.mark == self._positions[ws].mark}
