"""What is measured in a workspace, as history and trends need to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from uuid import UUID

from app.domain.custom_metric import MetricDefinition
from app.domain.windows import TODAY
from app.http.query_parameters import unknown_metric
from app.insights.custom.metric_docs import metric_doc, metric_entries
from app.insights.metrics.registry import METRICS, Metric, MinuteSum


class SeriesInfo(NamedTuple):
    """A name that figures are kept under, its unit, and what stands for it over time.

    `window` is the name of the metric's window, `minute_sum` the sum that gives the total of any stretch, if any.
    """

    name: str
    unit: str
    over_time: Literal["last", "mean"]
    trend_sum: MinuteSum | None = None
    window: str = ""
    minute_sum: MinuteSum | None = None

    @property
    def trend(self) -> str:
        """What stands for a whole day, week or month: `sum`, `mean`, or the highest (`max`)."""
        if self.trend_sum:
            return "sum"
        return "max" if self.over_time == "last" else "mean"

    @property
    def resets_at_midnight(self) -> bool:
        """Whether it begins anew at midnight: kept in one timezone, it says nothing of days in another."""
        return self.window == TODAY.name


def built_in_series(metric: Metric) -> SeriesInfo:
    """A metric of the registry."""
    return SeriesInfo(
        metric.name, metric.unit, metric.over_time, metric.minute_sum, metric.window.name, metric.minute_sum
    )


def workspace_series(workspace: UUID) -> dict[str, SeriesInfo]:
    """Everything measured in this workspace, by name."""
    own = {metric.name: metric for metric in map(_custom, metric_entries(workspace))}
    return {name: built_in_series(metric) for name, metric in METRICS.items()} | own


def find_series(workspace: UUID, names: tuple[str, ...]) -> list[SeriesInfo]:
    """Those that are asked for, in that order; raises InvalidParameter for one that there is not."""
    known = workspace_series(workspace)
    if unknown := [name for name in names if name not in known]:
        raise unknown_metric(unknown[0], known)
    return [known[name] for name in names]


def _custom(entry: Mapping[str, Any]) -> SeriesInfo:
    told, definition = metric_doc(dict(entry)), MetricDefinition.from_json(entry)
    total = None
    if definition.is_sum_of_minutes:
        of_types = "m.event_type = ANY(%(types)s)" if definition.types else "true"
        total = MinuteSum("m.count - m.retracted", of_types, definition.types)
    return SeriesInfo(told["name"], told["unit"], told["overTime"], window=told["window"], minute_sum=total)
