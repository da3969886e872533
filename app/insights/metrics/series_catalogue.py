"""The series of a workspace: every metric, built-in or custom, that history and trends can show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from app.domain.custom_metric import COUNT, DISTINCT, MESSAGE, MetricDefinition
from app.domain.windows import TODAY
from app.http.query_parameters import unknown_metric
from app.insights.custom.metric_docs import metric_doc, metric_entries
from app.insights.metrics.registry import METRICS, OVER_TIME, TREND, Metric, MetricKind, MinuteSum


class SeriesInfo(NamedTuple):
    """A metric as recorded in history: its name there, its unit, and whether it is a level or an amount.

    `trend_sum` is set if trends show the sum of a period, `minute_sum` if minute sums give the total of any time
    range. `window` is the name of the metric's window. `is_count` is set if the figures count something: sums and
    averages of fields do not. A custom metric whose definition was changed says when.
    """

    name: str
    unit: str
    kind: MetricKind
    trend_sum: MinuteSum | None = None
    window: str = ""
    minute_sum: MinuteSum | None = None
    is_count: bool = True
    definition_changed_at: datetime | None = None

    @property
    def over_time(self) -> Literal["mean", "last"]:
        """Which figure represents a time range in history."""
        return OVER_TIME[self.kind]

    @property
    def trend(self) -> str:
        """How a whole day, week or month is aggregated: `sum`, `mean`, or the highest (`max`)."""
        return "sum" if self.trend_sum else TREND[self.kind]

    @property
    def resets_at_midnight(self) -> bool:
        """Whether the figure restarts at midnight, so that samples in one timezone do not give days in another."""
        return self.window == TODAY.name

    @property
    def is_running_total(self) -> bool:
        """Whether the figure only grows from midnight to midnight."""
        return self.resets_at_midnight and self.kind == "amount"


def built_in_series(metric: Metric) -> SeriesInfo:
    """The series of a built-in metric."""
    return SeriesInfo(
        metric.name, metric.unit, metric.kind, metric.minute_sum, metric.window.name, metric.minute_sum
    )


def workspace_series(workspace: UUID) -> dict[str, SeriesInfo]:
    """All series of the workspace, by name."""
    own = {metric.name: metric for metric in map(_custom_series, metric_entries(workspace))}
    return {name: built_in_series(metric) for name, metric in METRICS.items()} | own


def find_series(workspace: UUID, names: tuple[str, ...]) -> list[SeriesInfo]:
    """The series of these names, in order; raises InvalidParameter for an unknown one."""
    known = workspace_series(workspace)
    if unknown := [name for name in names if name not in known]:
        raise unknown_metric(unknown[0], known)
    return [known[name] for name in names]


def _custom_series(entry: Mapping[str, Any]) -> SeriesInfo:
    doc, definition = metric_doc(dict(entry)), MetricDefinition.from_json(entry)
    total = minute_sum_of(definition.types) if definition.is_sum_of_minutes else None
    return SeriesInfo(
        doc["name"],
        doc["unit"],
        doc["kind"],
        window=doc["window"],
        minute_sum=total,
        is_count=definition.aggregate in (COUNT, DISTINCT),
        definition_changed_at=entry["definition_changed_at"],
    )


# What an hour has of messages that have since been deleted.
RETRACTED_IN_HOUR = f"(coalesce((h.by_type ->> '{MESSAGE}')::int, 0) - h.messages)"


def minute_sum_of(types: tuple[str, ...]) -> MinuteSum:
    """Events of these types (none: all), less deleted messages."""
    if not types:
        return MinuteSum("m.count - m.retracted", f"h.events - {RETRACTED_IN_HOUR}")
    of_types = "(SELECT coalesce(sum((h.by_type ->> kind)::int), 0) FROM unnest(%(types)s::text[]) AS kind)"
    hour_value = f"{of_types} - {RETRACTED_IN_HOUR}" if MESSAGE in types else of_types
    return MinuteSum("m.count - m.retracted", hour_value, "m.event_type = ANY(%(types)s)", types)
