"""The preview in the form of a custom metric: its value, a day of bars, its cost, and what was never seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.dashboard.time_words import TimeWords
from app.insights.custom.preview import MetricPoint, MetricPreview
from app.insights.custom.unseen import Unseen
from app.insights.explain.query_plan import EVENTS, MINUTES

WIDTH, HEIGHT = 960, 120  # of the drawing, in its own unit: ten a bar
GAP = 2
READ = ((EVENTS, "events"), (MINUTES, "sums of minutes"))


class Bar(NamedTuple):
    """A bar of the drawing: its corner, its size, and what it says."""

    x: int
    y: float
    width: int
    height: float
    words: str


class ShownPreview(NamedTuple):
    """A preview in words and bars; `bars` is None where counting a day took too long."""

    value: str
    meaning: str
    cost: str
    bars: Sequence[Bar] | None
    summary: str
    since: str


def shown_preview(found: MetricPreview, times: TimeWords) -> ShownPreview:
    """What the form shows of a preview."""
    points = found.points
    return ShownPreview(
        figure_text(found.value),
        found.definition.words,
        _cost_words(found),
        None if points is None else _bars(points, times),
        _summary(points or ()),
        times.clock(points[0].at) if points else "",
    )


def figure_text(value: float | None) -> str:
    """A figure in words: a dash if it is not known."""
    return "–" if value is None else f"{round(value, 2):,}"


def unseen_words(found: Unseen) -> str:
    """The types and fields, by name."""
    kinds = (("type", found.types), ("field", found.fields))
    return ", ".join(f"{kind} {name}" for kind, names in kinds for name in names)


def _cost_words(found: MetricPreview) -> str:
    rows = {table["table"]: table["rows"] for table in found.cost.read}
    read = [f"{rows[table]:,} {words}" for table, words in READ if table in rows]
    share = found.cost.planned / found.cost.limit
    of = "less than 1 %" if share < 0.01 else f"{share:.0%}"
    return f"Each time it reads {' and '.join(read) or 'nothing'}: {of} of what a metric may cost."


def _bars(points: Sequence[MetricPoint], times: TimeWords) -> Sequence[Bar]:
    known = [point.value for point in points if point.value is not None]
    top, bottom = max([0, *known]), min([0, *known])
    scale = HEIGHT / ((top - bottom) or 1)
    width = WIDTH // len(points)
    return [
        Bar(
            number * width,
            round((top - max(point.value, 0)) * scale, 2),
            width - GAP,
            round(abs(point.value) * scale, 2),
            f"{times.clock(point.at)}: {figure_text(point.value)}",
        )
        for number, point in enumerate(points)
        if point.value is not None
    ]


def _summary(points: Sequence[MetricPoint]) -> str:
    known = [point.value for point in points if point.value is not None]
    if not known:
        return "The last 24 hours: nothing is known."
    low, high = figure_text(min(known)), figure_text(max(known))
    return f"The last 24 hours: lowest {low}, highest {high}, now {figure_text(points[-1].value)}."
