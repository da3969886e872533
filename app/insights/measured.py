"""What is measured in a workspace, as history and trends need to know it."""

from __future__ import annotations

from typing import Literal, NamedTuple
from uuid import UUID

from app.insights.custom.described import described
from app.insights.metrics import METRICS, Metric, MinuteSum
from app.query_parameters import unknown_metric


class Measured(NamedTuple):
    """A name that figures are kept under, its unit, and what stands for it over time."""

    name: str
    unit: str
    over_time: Literal["last", "mean"]
    adds_up: MinuteSum | None = None

    @property
    def trend(self) -> str:
        """What stands for a whole day, week or month: `sum`, `mean`, or the highest (`max`)."""
        if self.adds_up:
            return "sum"
        return "max" if self.over_time == "last" else "mean"


def measure(metric: Metric) -> Measured:
    """A metric of the registry."""
    return Measured(metric.name, metric.unit, metric.over_time, metric.adds_up)


def measured(workspace: UUID) -> dict[str, Measured]:
    """Everything measured in this workspace, by name."""
    own = {
        name: Measured(name, told["unit"], told["overTime"]) for name, told in described(workspace).items()
    }
    return {name: measure(metric) for name, metric in METRICS.items()} | own


def chosen(workspace: UUID, names: tuple[str, ...]) -> list[Measured]:
    """Those that are asked for, in that order; raises InvalidParameter for one that there is not."""
    known = measured(workspace)
    if unknown := [name for name in names if name not in known]:
        raise unknown_metric(unknown[0], known)
    return [known[name] for name in names]
