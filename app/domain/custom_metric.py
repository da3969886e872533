"""The definition of a custom metric: an aggregate over filtered events in a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.windows import TODAY, MetricWindow, last

PREFIX = "custom."  # of its name where it is listed with built-in metrics
MAX_METRICS = 20  # in a workspace
USER, SESSION = "userId", "sessionId"
DATA = "eventData."
MESSAGE = "message.sent"

COUNT, DISTINCT = "count", "countDistinct"
NUMERIC_AGGREGATES = ("sum", "avg", "min", "max", "p95")
AGGREGATES = (COUNT, DISTINCT, *NUMERIC_AGGREGATES)
OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "lt": "is below",
    "lte": "is at most",
    "gt": "is above",
    "gte": "is at least",
    "exists": "",
    "in": "is one of",
}
COMPARISONS = ("lt", "lte", "gt", "gte")
WINDOWS: Mapping[str, MetricWindow] = {
    "5m": last(minutes=5),
    "1h": last(hours=1),
    "today": TODAY,
    "24h": last(hours=24),
    "7d": last(days=7),
}
WORDS = {
    COUNT: "The number of events",
    DISTINCT: "The number of different values of",
    "sum": "The sum of",
    "avg": "The average of",
    "min": "The lowest",
    "max": "The highest",
    "p95": "The 95th percentile of",
}


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A condition on a field of `eventData`; all but `exists: false` require the field to be present."""

    field: str
    op: str
    value: Any

    @property
    def words(self) -> str:
        """`eventData.total is at least 100`."""
        if self.op == "exists":
            return f"{self.field} is {'there' if self.value else 'not there'}"
        values = self.value if self.op == "in" else [self.value]
        return f"{self.field} {OPERATORS[self.op]} {', '.join(map(_shown, values))}"


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """`aggregate` of `field` over the events of `types` (none: all) in the window that meet every condition.

    Messages that have since been deleted do not count, as in the built-in metrics.
    """

    aggregate: str
    field: str | None
    types: tuple[str, ...]
    where: tuple[FieldCondition, ...]
    window: MetricWindow

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> MetricDefinition:
        """From the JSON of the API and the database, which must be valid."""
        return cls(
            data["aggregate"],
            data["field"],
            tuple(data["types"]),
            tuple(FieldCondition(one["field"], one["op"], one["value"]) for one in data["where"]),
            WINDOWS[data["window"]],
        )

    @property
    def is_sum_of_minutes(self) -> bool:
        """Whether it can be computed from minute sums, without reading events."""
        return self.aggregate == COUNT and not self.where

    @property
    def may_count_messages(self) -> bool:
        """Whether messages may be among its events."""
        return not self.types or MESSAGE in self.types

    @property
    def when_nothing_counts(self) -> int | None:
        """Its value over no events: counts and sums are 0, averages are undefined (None)."""
        return 0 if self.aggregate in (COUNT, DISTINCT, "sum") else None

    @property
    def words(self) -> str:
        """The whole definition in one sentence."""
        what = WORDS[self.aggregate] + (f" {self.field}" if self.field else "")
        of = f" of type {_or(self.types)}" if self.types else ""
        among = f"{of}" if self.aggregate == COUNT else f" over events{of}"
        conditions = " and ".join(condition.words for condition in self.where)
        meeting = f" whose {conditions}" if conditions else ""
        less = " Messages since taken back do not count." if self.may_count_messages else ""
        return f"{what}{among}{meeting}, {self.window.words}.{less}"


def path_of(field: str) -> list[str]:
    """The path from `eventData` to the field: `eventData.order.total` → order, total."""
    return field.removeprefix(DATA).split(".")


def _or(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value}”"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
