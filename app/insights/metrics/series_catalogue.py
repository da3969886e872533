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


class Measured(NamedTuple):
    """A name that figures are kept under, its unit, and what stands for it over time.

    `window` is the name of the metric's window, `by_minute` the sum that gives the total of any stretch, if any.
    """

    name: str
    unit: str
    over_time: Literal["last", "mean"]
    adds_up: MinuteSum | None = None
    window: str = ""
    by_minute: MinuteSum | None = None

    @property
    def trend(self) -> str:
        """What stands for a whole day, week or month: `sum`, `mean`, or the highest (`max`)."""
        if self.adds_up:
            return "sum"
        return "max" if self.over_time == "last" else "mean"

    @property
    def is_of_the_day(self) -> bool:
        """Whether it begins anew at midnight: kept in one timezone, it says nothing of days in another."""
        return self.window == TODAY.name


def measure(metric: Metric) -> Measured:
    """A metric of the registry."""
    return Measured(
        metric.name, metric.unit, metric.over_time, metric.adds_up, metric.window.name, metric.adds_up
    )


def measured(workspace: UUID) -> dict[str, Measured]:
    """Everything measured in this workspace, by name."""
    own = {metric.name: metric for metric in map(_custom, metric_entries(workspace))}
    return {name: measure(metric) for name, metric in METRICS.items()} | own


def chosen(workspace: UUID, names: tuple[str, ...]) -> list[Measured]:
    """Those that are asked for, in that order; raises InvalidParameter for one that there is not."""
    known = measured(workspace)
    if unknown := [name for name in names if name not in known]:
        raise unknown_metric(unknown[0], known)
    return [known[name] for name in names]


def _custom(entry: Mapping[str, Any]) -> Measured:
    told, definition = metric_doc(dict(entry)), MetricDefinition.from_json(entry)
    total = None
    if definition.is_sum_of_minutes:
        of_types = "m.event_type = ANY(%(types)s)" if definition.types else "true"
        total = MinuteSum("m.count - m.retracted", of_types, definition.types)
    return Measured(told["name"], told["unit"], told["overTime"], window=told["window"], by_minute=total)
