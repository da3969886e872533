"""Baselines: what figures were at the same local time yesterday and a week ago, for comparison.

What adds up is counted exactly, from minute sums, up to the whole minute. Everything else comes from history: the
last figure before that minute, or where minutes are kept no longer, the mean of the hour. What begins anew at
midnight is only compared with figures of the same day, and of the timezone that the workspace is in now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Row

from app.domain.calendar_periods import same_time
from app.domain.comparison import DAYS_BACK, Baseline
from app.domain.custom_metric import PREFIX
from app.domain.instants import EPOCH, local_midnight
from app.domain.resolution import HOUR, MINUTE, floor
from app.domain.windows import TODAY
from app.insights.history.series import json_number
from app.insights.metrics.registry import METRICS

ZONES = "SELECT id, timezone, timezone_since FROM workspaces WHERE id = ANY(%s::uuid[])"
# Figures by minute, when that minute began, and figures by hour.
RECORDED = """
    SELECT a.id, a.back, minute.figures, minute.at, (
        SELECT r.figures FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 3600
        AND r.at = date_trunc('hour', a.at)
    ) FROM unnest(%(ids)s::uuid[], %(backs)s::text[], %(ats)s::timestamptz[]) AS a (id, back, at)
    LEFT JOIN LATERAL (
        SELECT r.figures, r.at FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 60
        AND r.at >= a.at - interval '5 minutes' AND r.at < a.at ORDER BY r.at DESC LIMIT 1
    ) AS minute ON true
"""
OF_THE_DAY = {name for name, metric in METRICS.items() if metric.window == TODAY}
CUSTOM_OF_THE_DAY = """
    SELECT name FROM custom_metrics WHERE workspace_id = %s AND definition ->> 'window' = 'today'
"""
SUMS = {name: m.minute_sum for name, m in METRICS.items() if m.minute_sum and m.window == TODAY}
# A workspace that did not exist yet had no figures, not figures of 0.
COUNTED = """
    SELECT a.id, a.back, {sums}
    FROM unnest(%(ids)s::uuid[], %(backs)s::text[], %(ats)s::timestamptz[], %(midnights)s::timestamptz[])
        AS a (id, back, at, midnight) JOIN workspaces AS w ON w.id = a.id AND w.created_at <= a.at
    LEFT JOIN minute_counts AS m ON m.workspace_id = a.id AND m.minute >= a.midnight AND m.minute < a.at
        AND m.minute >= %(dawn)s  -- what the planner knows: see metrics.py
    GROUP BY a.id, a.back
"""
COUNT = COUNTED.format(
    sums=", ".join(f"coalesce(sum({total.value}) FILTER (WHERE {total.where}), 0)" for total in SUMS.values())
)


class WorkspaceZone(NamedTuple):
    """A workspace's timezone, and since when it is."""

    name: str
    since: datetime


class Baselines:
    """Computed once a minute and workspace, by whoever asks first; anew when the workspace's zone changes."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._known: dict[UUID, tuple[datetime, WorkspaceZone, Baseline]] = {}  # by the minute and the zone

    def get(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Baseline]:
        """The workspaces' baselines as of the minute that `now` lies in."""
        minute = floor(now, MINUTE)
        self._known = {ws: known for ws, known in self._known.items() if known[0] == minute}
        asked = list(workspaces)
        if not asked:
            return {}
        with self._engine.connect() as connection:
            zones = {
                row.id: WorkspaceZone(row.timezone, row.timezone_since or EPOCH)
                for row in _zones(connection, asked)
            }
            missing = {
                ws: zone for ws, zone in zones.items() if self._known.get(ws, ())[:2] != (minute, zone)
            }
            read = _read(connection, missing, minute) if missing else {}
        self._known |= {ws: (minute, missing[ws], baseline) for ws, baseline in read.items()}
        return {ws: self._known[ws][2] for ws in zones}


def _zones(connection: Connection, workspaces: list[UUID]) -> Iterable[Row]:
    return connection.exec_driver_sql(ZONES, (workspaces,))


def _read(
    connection: Connection, zones: Mapping[UUID, WorkspaceZone], minute: datetime
) -> dict[UUID, Baseline]:
    places = [
        (ws, back, at, local_midnight(at, zone.name))
        for ws, zone in zones.items()
        for back, days in DAYS_BACK.items()
        for at in [same_time(minute, zone.name, days)]
    ]
    days_from = {(ws, back): max(midnight, zones[ws].since) for ws, back, _, midnight in places}
    hours = {(ws, back): floor(at, HOUR) for ws, back, at, _ in places}
    columns = zip(*places, strict=True) if places else ((), (), (), ())
    parameters: dict[str, Any] = dict(
        zip(("ids", "backs", "ats", "midnights"), map(list, columns), strict=True)
    )
    parameters["dawn"] = min(parameters["midnights"], default=minute)
    found: dict[UUID, dict[str, dict[str, Any]]] = {ws: {} for ws in zones}
    for ws, back, by_minute, began, by_hour in connection.exec_driver_sql(RECORDED, parameters).all():
        day = days_from[ws, back]
        by_minute = _of_one_day(connection, ws, by_minute, began is None or began >= day)
        by_hour = _of_one_day(connection, ws, by_hour, hours[ws, back] >= day)
        for name in {*(by_minute or ()), *(by_hour or ())} - SUMS.keys():
            _of(found[ws], name)[back] = _value((by_minute or {}).get(name), (by_hour or {}).get(name))
    for ws, back, *totals in connection.exec_driver_sql(COUNT, parameters):
        for name, total in zip(SUMS, totals, strict=True):
            _of(found[ws], name)[back] = int(total)
    return found  # type: ignore[return-value]


def _of_one_day(
    connection: Connection, workspace: UUID, figures: dict[str, Any] | None, is_of_it: bool
) -> dict[str, Any] | None:
    """The figures; where they were kept before the day began, or in another timezone, without those of the day."""
    if is_of_it or not figures:
        return figures
    own = connection.exec_driver_sql(CUSTOM_OF_THE_DAY, (workspace,)).scalars()
    others = OF_THE_DAY | {f"{PREFIX}{name}" for name in own}
    return {name: value for name, value in figures.items() if name not in others}


def _of(baseline: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return baseline.setdefault(name, dict.fromkeys(DAYS_BACK))


def _value(minute: list | None, hour: list | None) -> float:
    if minute:
        return minute[-1]
    samples, total, *_ = hour  # type: ignore[misc]
    return json_number(Decimal(str(total)) / samples)
