"""Figures of several rounds: their medians, as Markdown for people and as JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from launcher.settings import ROOT

Figures = Mapping[str, float]


def medians(rounds: Sequence[Figures]) -> dict[str, float]:
    """The median of each figure."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown with columns as wide as what is in them: the first to the left, numbers to the right."""
    cells = [list(heads), *([_shown(value) for value in row] for row in rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(heads))]
    lines = [[text.rjust(width) for text, width in zip(row, widths, strict=True)] for row in cells]
    for line, row in zip(lines, cells, strict=True):
        line[0] = row[0].ljust(widths[0])
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], ruler, *lines[1:]))


def verdict(what: str, is_met: bool, found: str) -> str:
    """One target: whether it is met, and by how much."""
    return f"{'met   ' if is_met else 'MISSED'}  {what}: {found}"


def write_json(name: str, figures: Mapping[str, Any]) -> Path:
    """Keep the figures, with the machine and the moment, in build/."""
    machine = {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return write_text(name, json.dumps({"machine": machine, **figures}, indent=2))


def write_text(name: str, text: str) -> Path:
    """Keep a file in build/."""
    path = ROOT / "build" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{text}\n")
    return path


def _shown(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
