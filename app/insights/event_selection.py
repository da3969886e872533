"""The events that a breakdown or activity counts, as conditions of their SQL queries."""

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
    """Events of `types` (empty: all) in a time range; or, as `metric`, messages less those since deleted.

    With a `user_id` or a `channel` (`eventData.channelId`), only theirs: these are counted from events, for there
    are no sums by user or channel.
    """

    workspace: UUID
    time_range: TimeRange
    metric: str
    types: tuple[str, ...]
    user_id: UUID | None = None
    channel: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The bind parameters of all the queries."""
        since, until = self.time_range.since, self.time_range.until
        received_from, received_to = EventQuery(self.workspace, 1, since=since, until=until).received_days()
        types = (MESSAGE,) if self.metric == MESSAGES else self.types
        return {
            "workspace": self.workspace,
            "types": list(types),
            "user": self.user_id,
            "channel": self.channel,
            "since": since,
            "until": until,
            "first": self.time_range.first_minute,
            "last": self.time_range.last_minute,
            "received_from": received_from,
            "received_to": received_to,
        }

    @property
    def has_sums(self) -> bool:
        """Whether minute sums can answer; otherwise only events can."""
        return self.user_id is None and self.channel is None

    @property
    def summed(self) -> str:
        """What a row `m` of minute_counts contributes."""
        return "m.count - m.retracted" if self.metric == MESSAGES else "m.count"

    @property
    def in_minutes(self) -> str:
        """The condition for rows `m` of minute_counts that lie wholly within the time range."""
        return "m.workspace_id = %(workspace)s AND m.minute >= %(first)s" + (
            " AND m.minute < %(last)s" if self.time_range.until else ""
        )

    @property
    def minutes(self) -> str:
        """The same, restricted to the selected types."""
        return self.in_minutes + self.and_types

    @property
    def and_types(self) -> str:
        """The condition for rows `m` of minute_counts to be of the selected types, after another one."""
        return " AND m.event_type = ANY(%(types)s)" if self._has_types else ""

    @property
    def hour_sum(self) -> str:
        """What a row `h` of hour_counts contributes."""
        if self.metric == MESSAGES:
            return "h.messages"
        if not self.types:
            return "h.events"
        return "(SELECT coalesce(sum((h.by_type ->> kind)::int), 0) FROM unnest(%(types)s) AS kind)"

    @property
    def events(self) -> str:
        """The condition for the selected events `e`; bounds of `received_at` prune partitions."""
        conditions = [
            "e.workspace_id = %(workspace)s",
            "e.occurred_at >= %(since)s",
            "e.received_at >= %(received_from)s",
        ]
        if self.time_range.until:
            conditions += ["e.occurred_at < %(until)s", "e.received_at < %(received_to)s"]
        if self._has_types:
            conditions.append("e.event_type = ANY(%(types)s)")
        if self.user_id:
            conditions.append("e.user_id = %(user)s")
        if self.channel:
            conditions.append("e.event_data ->> 'channelId' = %(channel)s")
        if self.metric == MESSAGES:
            conditions.append(NOT_DELETED)
        return " AND ".join(conditions)

    @property
    def _has_types(self) -> bool:
        return bool(self.types) or self.metric == MESSAGES
