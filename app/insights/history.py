"""Reading history: the figures of one workspace over a stretch of time, a point for each step of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.grid import Grid
from app.insights.roll_ups import SECONDS

# A metric that a sample does not have leaves no row. Steps are numbered from 1 on.
FROM_SAMPLES = """
    SELECT m.metric, width_bucket(s.at, %(starts)s::timestamptz[]) AS number, sum(f.value) / count(*) AS mean,
        min(f.value), max(f.value), (array_agg(f.value ORDER BY s.at DESC))[1]
    FROM samples AS s CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT (s.figures ->> m.metric)::numeric) AS f (value)
    WHERE s.workspace_id = %(workspace)s AND s.at >= %(since)s AND s.at < %(until)s AND f.value IS NOT NULL
    GROUP BY 1, 2
"""
FROM_ROLL_UPS = """
    SELECT m.metric, width_bucket(r.at, %(starts)s::timestamptz[]) AS number,
        sum((f.value ->> 1)::numeric) / sum((f.value ->> 0)::numeric) AS mean, min((f.value ->> 2)::numeric),
        max((f.value ->> 3)::numeric), (array_agg((f.value ->> 4)::numeric ORDER BY r.at DESC))[1]
    FROM roll_ups AS r CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT r.figures -> m.metric) AS f (value)
    WHERE r.workspace_id = %(workspace)s AND r.step = %(step)s AND r.at >= %(since)s AND r.at < %(until)s
        AND f.value IS NOT NULL
    GROUP BY 1, 2
"""


class Point(NamedTuple):
    """The figures of one step."""

    mean: float
    min: float
    max: float
    last: float


def read(
    connection: Connection, workspace: UUID, metrics: Iterable[str], grid: Grid
) -> dict[str, Sequence[Point | None]]:
    """By metric, a point for each step of the grid; None where nothing was recorded."""
    found: dict[str, list[Point | None]] = {name: [None] * len(grid.starts) for name in metrics}
    parameters = {
        "workspace": workspace,
        "metrics": list(found),
        "starts": list(grid.starts),
        "since": grid.edges[0],
        "until": grid.edges[-1],
        "step": grid.source and SECONDS[grid.source],
    }
    for metric, number, *figures in connection.exec_driver_sql(
        FROM_SAMPLES if grid.source is None else FROM_ROLL_UPS, parameters
    ):
        found[metric][number - 1] = Point(*map(plain, figures))
    return found


def plain(value: Decimal) -> float:
    """A number as JSON should have it: whole where it is whole, else to a thousandth."""
    rounded = round(value, 3)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
