"""Documentation of a workspace's custom metrics, in the form of that of the built-in ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain.custom_metric import COUNT, DISTINCT, PREFIX
from app.extensions import db
from app.insights.custom import store
from app.insights.metrics.registry import OVER_TIME, TREND, MetricKind

AMOUNTS = (COUNT, DISTINCT, "sum")  # of what happened; the other aggregates are levels


def custom_metric_docs(workspace: UUID) -> dict[str, dict[str, Any]]:
    """The documentation of each metric by its full name, such as `custom.bigOrders`."""
    return {f"{PREFIX}{entry['name']}": metric_doc(entry) for entry in metric_entries(workspace)}


def metric_entries(workspace: UUID) -> list[dict[str, Any]]:
    """The metrics as the API has them, ordered by name."""
    with db.engine.connect() as connection:
        return store.entries(connection, workspace)


def metric_doc(entry: dict[str, Any]) -> dict[str, Any]:
    """The documentation of one metric."""
    kind: MetricKind = "amount" if entry["aggregate"] in AMOUNTS else "level"
    return {
        "name": f"{PREFIX}{entry['name']}",
        "title": entry["title"],
        "unit": entry["unit"],
        "meaning": entry["meaning"],
        "window": entry["window"],
        "by_key": False,
        "kind": kind,
        "over_time": OVER_TIME[kind],
        "trend": TREND[kind],
    }
