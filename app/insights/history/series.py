"""Reads history: the figures of one workspace over a time range, one point for each step of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.grid import Grid
from app.domain.instants import EPOCH
from app.domain.resolution import HOUR, MINUTE, floor

# One row for each recorded figure: the number of its grid step (from 1 on) and its contribution to that step. Each
# table is read where it is complete: a roll-up lacks what came after it was last recomputed, so that the highest
# figure of the present hour would fall once the range is long enough to be read by hours.
ROLLED_UP = """
    SELECT at, figures, width_bucket(at, %(starts)s::timestamptz[]) AS number FROM roll_ups
    WHERE workspace_id = %(workspace)s AND step = {step} AND at >= {since} AND at < {until}
"""
HOURS = ROLLED_UP.format(step=3600, since="%(since)s", until="%(hours_until)s")
MINUTES = ROLLED_UP.format(step=60, since="%(hours_until)s", until="%(minutes_until)s")
RECORDED = f"""
    SELECT m.metric, r.number, r.at, (f.value ->> 0)::numeric AS samples, (f.value ->> 1)::numeric AS total,
        (f.value ->> 2)::numeric AS low, (f.value ->> 3)::numeric AS high, (f.value ->> 4)::numeric AS latest
    FROM ({HOURS} UNION ALL {MINUTES}) AS r CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT r.figures -> m.metric) AS f (value)
    UNION ALL
    SELECT m.metric, s.number, s.at, 1 AS samples, f.value AS total, f.value AS low, f.value AS high,
        f.value AS latest
    FROM (
        SELECT at, figures, width_bucket(at, %(starts)s::timestamptz[]) AS number FROM samples
        WHERE workspace_id = %(workspace)s AND at >= %(minutes_until)s AND at < %(until)s
    ) AS s CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT (s.figures ->> m.metric)::numeric) AS f (value)
"""  # noqa: S608
# One row per metric with its points in arrays: converting thousands of rows to Python objects takes longer than
# the query. Numbers are rounded to thousandths, and whole numbers have no fraction.
READ = f"""
    SELECT metric, json_agg(number), json_agg(low), json_agg(high), json_agg(mean), json_agg(latest)
    FROM (
        SELECT metric, number, trim_scale(round(sum(total) / sum(samples), 3)) AS mean,
            trim_scale(round(min(low), 3)) AS low, trim_scale(round(max(high), 3)) AS high,
            trim_scale(round((array_agg(latest ORDER BY at DESC))[1], 3)) AS latest
        FROM ({RECORDED}) AS recorded WHERE total IS NOT NULL GROUP BY metric, number
    ) AS points GROUP BY metric
"""  # noqa: S608
COLUMNS = ("min", "max", "mean", "last")

Column = Sequence[float | None]
Columns = dict[str, Column]  # by the names in COLUMNS


class Reach(NamedTuple):
    """Until when the roll-ups by hour and by minute are complete."""

    hours: datetime
    minutes: datetime

    @classmethod
    def at(cls, now: datetime) -> Reach:
        """With time to spare for the roll-up job: it recomputes minutes each 15 seconds, hours each 5 minutes."""
        return cls(floor(now, HOUR) - HOUR, floor(now, MINUTE) - 2 * MINUTE)


def read_series(
    connection: Connection,
    workspace: UUID,
    metrics: Iterable[str],
    grid: Grid,
    reach: Reach,
    recorded_since: datetime = EPOCH,
) -> dict[str, Columns]:
    """By metric, the columns `min`, `max`, `mean` and `last` with one entry for each step of the grid.

    None where nothing was recorded, or only before `recorded_since`.
    """
    steps, wanted = len(grid.starts), list(metrics)
    since, until = max(grid.edges[0], recorded_since), grid.edges[-1]
    hours_until = min(max(since, reach.hours), until) if grid.source == HOUR else since
    minutes_until = min(max(hours_until, reach.minutes), until) if grid.source else hours_until
    parameters = {
        "workspace": workspace,
        "metrics": wanted,
        "starts": list(grid.starts),
        "since": since,
        "hours_until": hours_until,
        "minutes_until": minutes_until,
        "until": until,
    }
    found: dict[str, Columns] = {
        metric: {name: _spread(numbers, column, steps) for name, column in zip(COLUMNS, columns, strict=True)}
        for metric, numbers, *columns in connection.exec_driver_sql(READ, parameters)
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
