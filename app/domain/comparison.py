"""Comparison: a figure beside an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Days before, by the name that clients see.
DAYS_BACK = {"yesterday": 1, "lastWeek": 7}

# Earlier values by metric and name; None where nothing is known, which is not 0.
Baseline = Mapping[str, Mapping[str, float | None]]


def difference(value: float | None, before: float | None) -> dict[str, float | None]:
    """The difference, also in percent of the earlier value; None where there is none to tell."""
    if value is None or before is None:
        return {"change": None, "percent": None}
    return {
        "change": _short(value - before),
        "percent": _short(100 * (value - before) / before) if before else None,
    }


def compare_figures(figures: Mapping[str, float], baseline: Baseline) -> dict[str, Any]:
    """Each figure's earlier values, and how it has changed since."""
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
