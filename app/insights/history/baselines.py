"""Baselines: the figures at the same local time yesterday and a week ago, for comparison.

Additive metrics are counted exactly, from minute sums, up to the whole minute. All others come from
history: the last figure before that minute, or where minutes have been pruned, the one at the nearest end
of an hour (a figure that was there, as a mean of counts was not). A metric that restarts at midnight is
only compared with figures of the same local day, in the workspace's present timezone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Row

from app.domain.calendar_periods import same_time
from app.domain.comparison import DAYS_BACK, Baseline
from app.domain.custom_metric import PREFIX
from app.domain.instants import EPOCH, local_midnight
from app.domain.resolution import HOUR, MINUTE, floor
from app.domain.windows import TODAY
from app.insights.metrics.registry import METRICS

ZONES = "SELECT id, timezone, timezone_since FROM workspaces WHERE id = ANY(%s::uuid[])"
# Figures by minute, the start of that minute, and figures of the hour before and of the hour.
RECORDED = """
    SELECT a.id, a.back, minute.figures, minute.at, (
        SELECT r.figures FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 3600
        AND r.at = date_trunc('hour', a.at) - interval '1 hour'
    ), (
        SELECT r.figures FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 3600
        AND r.at = date_trunc('hour', a.at)
    ) FROM unnest(%(ids)s::uuid[], %(backs)s::text[], %(ats)s::timestamptz[]) AS a (id, back, at)
    LEFT JOIN LATERAL (
        SELECT r.figures, r.at FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 60
        AND r.at >= a.at - interval '5 minutes' AND r.at < a.at ORDER BY r.at DESC LIMIT 1
    ) AS minute ON true
"""
RESTARTING = {name for name, metric in METRICS.items() if metric.window == TODAY}
CUSTOM_RESTARTING = """
    SELECT name FROM custom_metrics WHERE workspace_id = %s AND definition ->> 'window' = 'today'
"""
SUMS = {name: m.minute_sum for name, m in METRICS.items() if m.minute_sum and m.window == TODAY}
# No row, rather than 0, for a workspace that did not exist yet.
SUMS_QUERY = """
    SELECT a.id, a.back, {sums}
    FROM unnest(%(ids)s::uuid[], %(backs)s::text[], %(ats)s::timestamptz[], %(midnights)s::timestamptz[])
        AS a (id, back, at, midnight) JOIN workspaces AS w ON w.id = a.id AND w.created_at <= a.at
    LEFT JOIN minute_counts AS m ON m.workspace_id = a.id AND m.minute >= a.midnight AND m.minute < a.at
        AND m.minute >= %(dawn)s  -- a bound for the planner: see metrics/registry.py
    GROUP BY a.id, a.back
"""
TOTALS = SUMS_QUERY.format(
    sums=", ".join(f"coalesce(sum({total.value}) FILTER (WHERE {total.where}), 0)" for total in SUMS.values())
)

MutableBaseline = dict[str, dict[str, float | None]]


class WorkspaceZone(NamedTuple):
    """A workspace's timezone, and since when it has had it."""

    name: str
    since: datetime


class Baselines:
    """A cache of baselines, recomputed when the minute or the workspace's timezone changes."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._cache: dict[UUID, tuple[datetime, WorkspaceZone, Baseline]] = {}

    def get(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Baseline]:
        """The baselines as of the minute that contains `now`; workspaces that do not exist are omitted."""
        minute = floor(now, MINUTE)
        self._cache = {ws: cached for ws, cached in self._cache.items() if cached[0] == minute}
        wanted = list(workspaces)
        if not wanted:
            return {}
        with self._engine.connect() as connection:
            zones = {
                row.id: WorkspaceZone(row.timezone, row.timezone_since or EPOCH)
                for row in _zones(connection, wanted)
            }
            missing = {
                ws: zone for ws, zone in zones.items() if self._cache.get(ws, ())[:2] != (minute, zone)
            }
            read = _read(connection, missing, minute) if missing else {}
        self._cache |= {ws: (minute, missing[ws], baseline) for ws, baseline in read.items()}
        return {ws: self._cache[ws][2] for ws in zones}


def _zones(connection: Connection, workspaces: list[UUID]) -> Iterable[Row[Any]]:
    return connection.exec_driver_sql(ZONES, (workspaces,))


def _read(
    connection: Connection, zones: Mapping[UUID, WorkspaceZone], minute: datetime
) -> dict[UUID, Baseline]:
    points = [
        (ws, back, at, local_midnight(at, zone.name))
        for ws, zone in zones.items()
        for back, days in DAYS_BACK.items()
        for at in [same_time(minute, zone.name, days)]
    ]
    days_from = {(ws, back): max(midnight, zones[ws].since) for ws, back, _, midnight in points}
    moments = {(ws, back): at for ws, back, at, _ in points}
    columns = zip(*points, strict=True) if points else ((), (), (), ())
    parameters: dict[str, Any] = dict(
        zip(("ids", "backs", "ats", "midnights"), map(list, columns), strict=True)
    )
    parameters["dawn"] = min(parameters["midnights"], default=minute)
    found: dict[UUID, MutableBaseline] = {ws: {} for ws in zones}
    for ws, back, by_minute, began, before, within in connection.exec_driver_sql(RECORDED, parameters).all():
        day, at = days_from[ws, back], moments[ws, back]
        hour = floor(at, HOUR)
        sources = (
            _same_day(connection, ws, by_minute, began is None or began >= day),
            _same_day(connection, ws, before, hour - HOUR >= day) if at - hour < HOUR / 2 else None,
            _same_day(connection, ws, within, hour >= day),
        )
        recorded = [source or {} for source in sources]
        for name in set().union(*recorded) - SUMS.keys():
            _entry(found[ws], name)[back] = next(source[name][-1] for source in recorded if name in source)
    for ws, back, *totals in connection.exec_driver_sql(TOTALS, parameters):
        for name, total in zip(SUMS, totals, strict=True):
            _entry(found[ws], name)[back] = int(total)
    return dict(found)


def _same_day(
    connection: Connection, workspace: UUID, figures: dict[str, Any] | None, is_same_day: bool
) -> dict[str, Any] | None:
    """The figures; if they are of another day or timezone, without the metrics that restart at midnight."""
    if is_same_day or not figures:
        return figures
    custom = connection.exec_driver_sql(CUSTOM_RESTARTING, (workspace,)).scalars()
    restarting = RESTARTING | {f"{PREFIX}{name}" for name in custom}
    return {name: value for name, value in figures.items() if name not in restarting}


def _entry(baseline: MutableBaseline, name: str) -> dict[str, float | None]:
    return baseline.setdefault(name, dict.fromkeys(DAYS_BACK))
