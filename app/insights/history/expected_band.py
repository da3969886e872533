"""The baseline beside the figures of history: what each step's figure usually is, and its band."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.domain.comparison import to_thousandths
from app.domain.expected import (
    WEEKS,
    Expected,
    HourFigures,
    Hours,
    baseline_moment,
    expected_at,
    expected_of,
    hours_of,
)
from app.domain.grid import DAYS, Grid
from app.domain.instants import EPOCH, midnight_of
from app.insights.history.days import read_days, timezone_since
from app.insights.history.series import Column, Columns, Reach
from app.insights.metrics.series_catalogue import SeriesInfo

# One row per metric, its hours in arrays: see `series.READ`.
HOURS = """
    SELECT m.metric, json_agg(h.number), json_agg(trim_scale(round(
            (f.value ->> 1)::numeric / (f.value ->> 0)::numeric, 3
        ))), json_agg(f.value -> 3), json_agg(f.value -> 4)
    FROM unnest(%(hours)s::timestamptz[]) WITH ORDINALITY AS h (at, number)
    JOIN roll_ups AS r ON r.workspace_id = %(workspace)s AND r.step = 3600 AND r.at = h.at
    CROSS JOIN unnest(%(metrics)s::text[]) AS m (metric)
    CROSS JOIN LATERAL (SELECT r.figures -> m.metric) AS f (value)
    WHERE f.value IS NOT NULL GROUP BY m.metric
"""
BAND = ("expected", "low", "high", "weeks")


def read_expected(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[SeriesInfo],
    grid: Grid,
    now: datetime,
    zone: str,
    days_zone: str,
) -> dict[str, Columns]:
    """By metric, the columns of `BAND` with one entry for each step of the grid.

    A step's baseline is that of its end, or of now in the running one. A day is compared with the same weekdays
    (of `days_zone`), except that a total which still runs is compared with the same time of the day in `zone`, the
    workspace's.
    """
    running = [start < now < end for start, end in pairwise(grid.edges)]
    moments = [now if runs else end for runs, end in zip(running, grid.edges[1:], strict=True)]
    if grid.name != DAYS:
        return _by_hour(connection, workspace, metrics, moments, zone)
    is_local = grid.has_days_of(zone)
    found = _by_day(connection, workspace, metrics, grid, now, days_zone, is_local=is_local)
    so_far = [metric for metric in metrics if metric.is_running_total]
    if True in running and so_far:
        step = running.index(True)
        known = _by_hour(connection, workspace, so_far, [now], zone) if is_local else {}
        for metric in so_far:
            at_now = known.get(metric.name) or _columns([expected_of([], is_count=True)])
            for name in BAND:
                found[metric.name][name] = _with(found[metric.name][name], step, at_now[name][0])
    return found


def _by_hour(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[SeriesInfo],
    moments: Sequence[datetime],
    zone: str,
) -> dict[str, Columns]:
    hours = _read_hours(connection, workspace, metrics, sorted(hours_of(moments, zone)))
    since = timezone_since(connection, workspace)

    def columns(metric: SeriesInfo) -> Columns:
        known = hours.get(metric.name, {})
        if metric.resets_at_midnight and since > EPOCH:
            known = {at: figures for at, figures in known.items() if at >= since}

        @cache
        def expected(moment: datetime) -> Expected:
            return expected_at(
                moment,
                zone,
                known,
                is_running_total=metric.is_running_total,
                is_count=metric.is_count,
            )

        return _columns(
            expected(baseline_moment(moment, is_running_total=metric.is_running_total)) for moment in moments
        )

    return {metric.name: columns(metric) for metric in metrics}


def _by_day(
    connection: Connection,
    workspace: UUID,
    metrics: Sequence[SeriesInfo],
    grid: Grid,
    now: datetime,
    zone: str,
    *,
    is_local: bool,
) -> dict[str, Columns]:
    lookback = 7 * WEEKS
    first = grid.edges[0].astimezone(ZoneInfo(zone)).date()
    before = [midnight_of(first - timedelta(days=days), zone) for days in range(lookback, 0, -1)]
    longer = replace(grid, edges=[*before, *grid.edges])
    read = read_days(connection, workspace, metrics, longer, Reach.at(now), local=is_local)

    def weeks(values: Column, step: int) -> list[list[float]]:
        same_weekdays = (values[step + lookback - 7 * week] for week in range(1, WEEKS + 1))
        return [[] if value is None else [value] for value in same_weekdays]

    return {
        metric.name: _columns(
            expected_of(weeks(read[metric.name][metric.over_time], step), is_count=metric.is_count)
            for step in range(len(grid.starts))
        )
        for metric in metrics
    }


def _read_hours(
    connection: Connection, workspace: UUID, metrics: Sequence[SeriesInfo], hours: Sequence[datetime]
) -> Mapping[str, Hours]:
    parameters = {
        "workspace": workspace,
        "hours": list(hours),
        "metrics": [metric.name for metric in metrics],
    }
    is_level = {metric.name: metric.kind == "level" for metric in metrics}
    return {
        name: {
            hours[number - 1]: HourFigures(mean if is_level[name] else last, highest, last)
            for number, mean, highest, last in zip(numbers, means, highs, lasts, strict=True)
        }
        for name, numbers, means, highs, lasts in connection.exec_driver_sql(HOURS, parameters)
    }


def _columns(steps: Iterable[Expected]) -> Columns:
    found = list(steps)
    return {
        name: [None if value is None else to_thousandths(value) for value in column]
        for name, column in zip(BAND, zip(*found, strict=True), strict=True)
    }


def _with(column: Column, step: int, value: float | None) -> Column:
    return [*column[:step], value, *column[step + 1 :]]
