"""A workspace's custom metrics in words and names, as those who list metrics tell of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain.custom_metric import COUNT, DISTINCT, PREFIX
from app.extensions import db
from app.insights.custom import store

ONLY_GROW = (COUNT, DISTINCT, "sum")  # while the day lasts


def described(workspace: UUID) -> dict[str, dict[str, Any]]:
    """By name (`custom.bigOrders`), in the form in which the registry's metrics are described."""
    return {f"{PREFIX}{entry['name']}": description_of(entry) for entry in entries_of(workspace)}


def entries_of(workspace: UUID) -> list[dict[str, Any]]:
    """The metrics with their definitions."""
    with db.engine.connect() as connection:
        return store.entries(connection, workspace)


def description_of(entry: dict[str, Any]) -> dict[str, Any]:
    """One of them in the form in which the registry's are described."""
    is_of_the_day = entry["window"] == "today" and entry["aggregate"] in ONLY_GROW
    return {
        "name": f"{PREFIX}{entry['name']}",
        "title": entry["title"],
        "unit": entry["unit"],
        "meaning": entry["meaning"],
        "window": entry["window"],
        "byKey": False,
        "overTime": "last" if is_of_the_day else "mean",
        "trend": "max" if is_of_the_day else "mean",
    }
