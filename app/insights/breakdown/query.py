"""What a breakdown is asked about, and the parts of its queries that follow from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.custom_metric import MESSAGE
from app.domain.event_query import EventQuery
from app.domain.time_range import TimeRange
from app.insights.metrics.registry import NOT_DELETED

EVENTS, MESSAGES = "events", "messages"


@dataclass(frozen=True, slots=True)
class EventSelection:
    """Events of some types (none: all) in a stretch of time; or messages, less those taken back since."""

    workspace: UUID
    stretch: TimeRange
    metric: str
    types: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """The values of every query of a breakdown."""
        since, until = self.stretch.since, self.stretch.until
        received_from, received_to = EventQuery(self.workspace, 1, since=since, until=until).received_days()
        types = (MESSAGE,) if self.metric == MESSAGES else self.types
        return {
            "workspace": self.workspace,
            "types": list(types),
            "since": since,
            "until": until,
            "first": self.stretch.first_minute,
            "last": self.stretch.last_minute,
            "received_from": received_from,
            "received_to": received_to,
        }

    @property
    def summed(self) -> str:
        """What a row `m` of minute_counts adds."""
        return "m.count - m.retracted" if self.metric == MESSAGES else "m.count"

    @property
    def in_minutes(self) -> str:
        """Which rows `m` of minute_counts lie wholly in the stretch."""
        return "m.workspace_id = %(workspace)s AND m.minute >= %(first)s" + (
            " AND m.minute < %(last)s" if self.stretch.until else ""
        )

    @property
    def minutes(self) -> str:
        """Those of them that are asked about."""
        return self.in_minutes + (" AND m.event_type = ANY(%(types)s)" if self._has_types else "")

    @property
    def events(self) -> str:
        """Which events `e` are asked about, with what spares the partitions that hold none of them."""
        conditions = [
            "e.workspace_id = %(workspace)s",
            "e.occurred_at >= %(since)s",
            "e.received_at >= %(received_from)s",
        ]
        if self.stretch.until:
            conditions += ["e.occurred_at < %(until)s", "e.received_at < %(received_to)s"]
        if self._has_types:
            conditions.append("e.event_type = ANY(%(types)s)")
        if self.metric == MESSAGES:
            conditions.append(NOT_DELETED)
        return " AND ".join(conditions)

    @property
    def _has_types(self) -> bool:
        return bool(self.types) or self.metric == MESSAGES
