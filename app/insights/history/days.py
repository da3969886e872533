"""History by day of metrics that restart at midnight: exact totals, or samples recorded in the same timezone.

A sample of such a metric belongs to the workspace's local day at the time. For days of another timezone, present
or former, the last sample covers only part of the day: 5 messages on a day of 24. So days of additive metrics are
summed from minutes, and of the others only samples since the last change of the timezone are read. Where midnight
lies within an hour (India), that hour's roll-up covers two days: see `_split_hours`.
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
from app.insights.history.series import COLUMNS, Column, Columns, Reach, json_number
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
    """Raise InvalidInput if a metric has days only in the workspace's timezone, `zone`; `or_else` adds advice."""
    unknown = [metric.name for metric in metrics if metric.resets_at_midnight and not metric.minute_sum]
    if unknown:
        message = ADVICE.format(zone=zone, or_else=or_else)
        raise InvalidInput(f"{', '.join(unknown)}: {message}", errors={"tz": [message]})


def timezone_since(connection: Connection, workspace: UUID) -> datetime:
    """Since when the workspace has had its present timezone."""
    query = select(Workspace.timezone_since).where(Workspace.id == workspace)
    return connection.execute(query).scalar() or EPOCH


def read_days(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[SeriesInfo],
    grid: Grid,
    reach: Reach,
    *,
    local: bool,
) -> dict[str, Columns]:
    """As `series.read_series`, with one step per day; `local`: the grid's days are of the workspace's timezone."""
    daily = [metric for metric in metrics if metric.resets_at_midnight]
    others = [metric.name for metric in metrics if not metric.resets_at_midnight]
    found = dict(series.read_series(connection, workspace, others, grid, reach))
    if local:
        since = timezone_since(connection, workspace)
        found |= series.read_series(
            connection, workspace, [metric.name for metric in daily], grid, reach, since
        )
        growing = [metric.name for metric in daily if metric.is_running_total]
        _split_hours(connection, workspace, growing, grid, reach, since, found)
    else:
        found |= {metric.name: series.empty_series(grid) for metric in daily}
    days = [Period(*pair) for pair in pairwise(grid.edges)]
    for metric in daily:
        if metric.minute_sum:
            exact = period_totals(connection, workspace, metric.minute_sum, days)
            found[metric.name] = _with_totals(found[metric.name], exact)
    return {metric.name: dict(found[metric.name]) for metric in metrics}


def _split_hours(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[str],
    grid: Grid,
    reach: Reach,
    since: datetime,
    found: dict[str, Columns],
) -> None:
    """Correct days that end within an hour read as a whole, in place: its last figure belongs to the next day.

    Its maximum belongs to the day that ended if it is above its last figure, since the metric restarted at
    midnight and only grows. Where they are equal, the day's end is known only if it equals the last figure of the
    hour before; otherwise it is unknown (None).
    """
    within = [
        step for step, edge in enumerate(grid.edges[1:]) if floor(edge, HOUR) != edge and edge < reach.hours
    ]
    if not within or not metrics:
        return
    hours = [floor(grid.edges[step + 1], HOUR) for step in within]
    parameters = {
        "workspace": workspace,
        "hours": [hour for hour in hours if hour >= since],
        "metrics": list(metrics),
    }
    ends = {
        (metric, at): (highest, last, before)
        for metric, at, highest, last, before in connection.exec_driver_sql(SPLIT_HOURS, parameters)
    }
    for metric in metrics:
        columns = {name: list(found[metric][name]) for name in COLUMNS}
        for step, hour in zip(within, hours, strict=True):
            if (metric, hour) in ends:
                end = _end_of_day(*ends[metric, hour])
                for name, value in (("min", None), ("max", end), ("mean", None), ("last", end)):
                    columns[name][step] = value
        found[metric] = dict(columns)


def _end_of_day(highest: Decimal, last: Decimal, before: Decimal | None) -> float | None:
    return json_number(highest) if highest > last or highest == before else None


def _with_totals(columns: Columns, exact: Column) -> Columns:
    """The columns with the exact total as `last`, and `max` no lower than it."""
    highest = [
        None if seen is None or total is None else max(seen, total)
        for seen, total in zip(columns["max"], exact, strict=True)
    ]
    return {name: columns[name] for name in COLUMNS} | {"max": highest, "last": exact}
