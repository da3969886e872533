"""Comparison of figures with earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Days back, by the name in the API.
DAYS_BACK = {"yesterday": 1, "lastWeek": 7}

# Earlier values by metric and name in DAYS_BACK; None if unknown, as opposed to 0.
Baseline = Mapping[str, Mapping[str, float | None]]


def difference(value: float | None, before: float | None) -> dict[str, float | None]:
    """`change` and `percent` of the earlier value; None where undefined."""
    if value is None or before is None:
        return {"change": None, "percent": None}
    return {
        "change": _short(value - before),
        "percent": _short(100 * (value - before) / before) if before else None,
    }


def compare_figures(figures: Mapping[str, float], baseline: Baseline) -> dict[str, Any]:
    """Each figure's earlier values, and its change since."""
    return {
        name: {
            back: {"value": before} | difference(figures.get(name), before)
            for back, before in baseline.get(name, dict.fromkeys(DAYS_BACK)).items()
        }
        for name in figures
    }


def _short(value: float) -> float:
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded
