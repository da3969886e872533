"""Days of history for metrics that begin anew at midnight: exact totals, or figures kept in the same timezone.

Such a figure is of the day that the workspace was in when it was kept. In days of another timezone, or of one that
the workspace was in before, its last value is of a part of a day: 5 for a day of 24. So days of what is counted
are summed up from minutes, and of all else only figures since the last change of the timezone are read. Where
midnight lies within an hour (India), the figures of that hour are of two days: see `_split_hours`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Connection, select

from app.domain.calendar_periods import Period
from app.domain.grid import Grid
from app.domain.instants import EPOCH
from app.domain.resolution import HOUR, floor
from app.errors import InvalidInput
from app.insights.history import series
from app.insights.history.minute_totals import period_totals
from app.insights.history.series import COLUMNS, Column, json_number
from app.insights.metrics.series_catalogue import SeriesInfo
from app.models import Workspace

SPLIT_HOURS = """
    SELECT m.metric, r.at, (r.figures -> m.metric ->> 3)::numeric, (r.figures -> m.metric ->> 4)::numeric,
        (before.figures -> m.metric ->> 4)::numeric
    FROM roll_ups AS r CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    LEFT JOIN roll_ups AS before ON before.workspace_id = r.workspace_id AND before.step = r.step
        AND before.at = r.at - interval '1 hour'
    WHERE r.workspace_id = %(workspace)s AND r.step = 3600 AND r.at = ANY(%(hours)s::timestamptz[])
    AND r.figures ? m.metric
"""
ADVICE = "Counted by the days of {zone}: leave tz out{or_else}."


def require_workspace_days(metrics: Iterable[SeriesInfo], zone: str, or_else: str = "") -> None:
    """Raise InvalidInput for metrics whose days cannot be told in another timezone than the workspace's `zone`."""
    untold = [metric.name for metric in metrics if metric.resets_at_midnight and not metric.minute_sum]
    if untold:
        message = ADVICE.format(zone=zone, or_else=or_else)
        raise InvalidInput(f"{', '.join(untold)}: {message}", errors={"tz": [message]})


def timezone_since(connection: Connection, workspace: UUID) -> datetime:
    """From when on figures were kept in the days that the workspace has now."""
    query = select(Workspace.timezone_since).where(Workspace.id == workspace)
    return connection.execute(query).scalar() or EPOCH


def read_days(
    connection: Connection, workspace: UUID, metrics: Sequence[SeriesInfo], grid: Grid, *, own: bool
) -> dict[str, dict[str, Column]]:
    """As `series.read_series`, a step for each day; `own` are days of the workspace's timezone."""
    of_today = [metric for metric in metrics if metric.resets_at_midnight]
    others = [metric.name for metric in metrics if not metric.resets_at_midnight]
    found = dict(series.read_series(connection, workspace, others, grid))
    if own:
        since = timezone_since(connection, workspace)
        found |= series.read_series(connection, workspace, [metric.name for metric in of_today], grid, since)
        growing = [metric.name for metric in of_today if metric.over_time == "last"]
        _split_hours(connection, workspace, growing, grid, since, found)
    else:
        found |= {metric.name: series.empty_series(grid) for metric in of_today}
    stretches = [Period(*pair) for pair in pairwise(grid.edges)]
    for metric in of_today:
        if metric.minute_sum:
            exact = period_totals(connection, workspace, metric.minute_sum, stretches)
            found[metric.name] = _with_totals(found[metric.name], exact)
    return {metric.name: dict(found[metric.name]) for metric in metrics}


def _split_hours(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[str],
    grid: Grid,
    since: datetime,
    found: dict[str, dict[str, Column]],
) -> None:
    """Correct days that end within an hour: what the hour's `last` tells is of the next day.

    Its highest is of the day that ended if it is above its last: what begins anew only grows from then on. Where
    they are equal, the day's end is known only if nothing had changed since the hour before; else it is not known.
    """
    within = [step for step, edge in enumerate(grid.edges[1:]) if floor(edge, HOUR) != edge]
    if not within or not metrics:
        return
    hours = [floor(grid.edges[step + 1], HOUR) for step in within]
    kept = [hour for hour in hours if hour >= since]
    parameters = {
        "workspace": workspace,
        "hours": kept,
        "metrics": list(metrics),
    }
    ends = {
        (metric, at): (highest, last, before)
        for metric, at, highest, last, before in connection.exec_driver_sql(SPLIT_HOURS, parameters)
    }
    for metric in metrics:
        columns = {name: list(column) for name, column in found[metric].items()}
        for step, hour in zip(within, hours, strict=True):
            if (metric, hour) in ends:
                end = _end_of_day(*ends[metric, hour])
                for name, value in (("min", None), ("max", end), ("mean", None), ("last", end)):
                    columns[name][step] = value
        found[metric] = columns


def _end_of_day(highest: Decimal, last: Decimal, before: Decimal | None) -> float | None:
    return json_number(highest) if highest > last or highest == before else None


def _with_totals(columns: dict[str, Column], exact: Column) -> dict[str, Column]:
    """A day ends with its total; the highest that was seen is no lower."""
    highest = [
        None if seen is None or total is None else max(seen, total)
        for seen, total in zip(columns["max"], exact, strict=True)
    ]
    return {name: columns[name] for name in COLUMNS} | {"max": highest, "last": exact}
