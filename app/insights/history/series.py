"""Reads history: the figures of one workspace over a time range, one point for each step of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from app.domain.grid import Grid
from app.domain.instants import EPOCH
from app.insights.history.roll_ups import STEP_SECONDS

# One row for each recorded figure: the number of its grid step (from 1 on) and its contribution to that step.
FROM_SAMPLES = """
    SELECT m.metric, s.number, s.at, 1 AS samples, f.value AS total, f.value AS low, f.value AS high,
        f.value AS latest
    FROM (
        SELECT at, figures, width_bucket(at, %(starts)s::timestamptz[]) AS number FROM samples
        WHERE workspace_id = %(workspace)s AND at >= %(since)s AND at < %(until)s
    ) AS s CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT (s.figures ->> m.metric)::numeric) AS f (value)
"""
FROM_ROLL_UPS = """
    SELECT m.metric, r.number, r.at, (f.value ->> 0)::numeric AS samples, (f.value ->> 1)::numeric AS total,
        (f.value ->> 2)::numeric AS low, (f.value ->> 3)::numeric AS high, (f.value ->> 4)::numeric AS latest
    FROM (
        SELECT at, figures, width_bucket(at, %(starts)s::timestamptz[]) AS number FROM roll_ups
        WHERE workspace_id = %(workspace)s AND step = %(step)s AND at >= %(since)s AND at < %(until)s
    ) AS r CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT r.figures -> m.metric) AS f (value)
"""
# One row per metric with its points in arrays: converting thousands of rows to Python objects takes longer than
# the query. Numbers are rounded to thousandths, and whole numbers have no fraction.
READ = """
    SELECT metric, json_agg(number), json_agg(low), json_agg(high), json_agg(mean), json_agg(latest)
    FROM (
        SELECT metric, number, trim_scale(round(sum(total) / sum(samples), 3)) AS mean,
            trim_scale(round(min(low), 3)) AS low, trim_scale(round(max(high), 3)) AS high,
            trim_scale(round((array_agg(latest ORDER BY at DESC))[1], 3)) AS latest
        FROM ({recorded}) AS recorded WHERE total IS NOT NULL GROUP BY metric, number
    ) AS points GROUP BY metric
"""
COLUMNS = ("min", "max", "mean", "last")

Column = Sequence[float | None]
Columns = dict[str, Column]  # by the names in COLUMNS


def read_series(
    connection: Connection,
    workspace: UUID,
    metrics: Iterable[str],
    grid: Grid,
    recorded_since: datetime = EPOCH,
) -> dict[str, Columns]:
    """By metric, the columns `min`, `max`, `mean` and `last` with one entry for each step of the grid.

    None where nothing was recorded, or only before `recorded_since`.
    """
    steps, wanted = len(grid.starts), list(metrics)
    parameters = {
        "workspace": workspace,
        "metrics": wanted,
        "starts": list(grid.starts),
        "since": max(grid.edges[0], recorded_since),
        "until": grid.edges[-1],
        "step": grid.source and STEP_SECONDS[grid.source],
    }
    query = READ.format(recorded=FROM_SAMPLES if grid.source is None else FROM_ROLL_UPS)
    found: dict[str, Columns] = {
        metric: {name: _spread(numbers, column, steps) for name, column in zip(COLUMNS, columns, strict=True)}
        for metric, numbers, *columns in connection.exec_driver_sql(query, parameters)
    }
    return {metric: found.get(metric) or empty_series(grid) for metric in wanted}


def empty_series(grid: Grid) -> Columns:
    """The columns of a metric that was not recorded."""
    return dict.fromkeys(COLUMNS, [None] * len(grid.starts))


def json_number(value: Decimal) -> float:
    """A number for JSON: an int if it is whole, else rounded to thousandths."""
    rounded = round(value, 3)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _spread(numbers: Sequence[int], values: Sequence[float], steps: int) -> Column:
    """A column of `steps` entries with the values at their steps' numbers."""
    column: list[float | None] = [None] * steps
    for number, value in zip(numbers, values, strict=True):
        column[number - 1] = value
    return column
