"""Baselines: what figures were at the same local time yesterday and a week ago, for comparison.

What adds up is counted exactly, from minute sums, up to the whole minute. Everything else comes from history: the
last figure before that minute, or where minutes are kept no longer, the mean of the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from app.domain.comparison import BACK, Baseline
from app.domain.instants import local_midnight
from app.domain.steps import MINUTE, floor
from app.domain.wall_time import same_time
from app.domain.windows import TODAY
from app.insights.history import plain
from app.insights.metrics import METRICS

ZONES = "SELECT id, timezone FROM workspaces WHERE id = ANY(%s::uuid[])"
KEPT = """
    SELECT a.id, a.back, (
        SELECT r.figures FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 60
        AND r.at >= a.at - interval '5 minutes' AND r.at < a.at ORDER BY r.at DESC LIMIT 1
    ), (
        SELECT r.figures FROM roll_ups AS r WHERE r.workspace_id = a.id AND r.step = 3600
        AND r.at = date_trunc('hour', a.at)
    ) FROM unnest(%(ids)s::uuid[], %(backs)s::text[], %(ats)s::timestamptz[]) AS a (id, back, at)
"""
SUMS = {name: m.adds_up for name, m in METRICS.items() if m.adds_up and m.window == TODAY}
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


class Baselines:
    """Computed once a minute and workspace, by whoever asks first; anew when the workspace's zone changes."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._known: dict[UUID, tuple[datetime, str, Baseline]] = {}  # minute and zone

    def of(self, workspaces: Iterable[UUID], now: datetime) -> dict[UUID, Baseline]:
        """The workspaces' baselines as of the minute that `now` lies in."""
        minute = floor(now, MINUTE)
        self._known = {ws: known for ws, known in self._known.items() if known[0] == minute}
        asked = list(workspaces)
        if not asked:
            return {}
        with self._engine.connect() as connection:
            zones = dict(connection.exec_driver_sql(ZONES, (asked,)).all())
            missing = {
                ws: zone for ws, zone in zones.items() if self._known.get(ws, ())[:2] != (minute, zone)
            }
            read = _read(connection, missing, minute) if missing else {}
        self._known |= {ws: (minute, missing[ws], baseline) for ws, baseline in read.items()}
        return {ws: self._known[ws][2] for ws in zones}


def _read(connection: Connection, zones: Mapping[UUID, str], minute: datetime) -> dict[UUID, Baseline]:
    places = [
        (ws, back, at, local_midnight(at, zone))
        for ws, zone in zones.items()
        for back, days in BACK.items()
        for at in [same_time(minute, zone, days)]
    ]
    columns = zip(*places, strict=True) if places else ((), (), (), ())
    parameters: dict[str, Any] = dict(
        zip(("ids", "backs", "ats", "midnights"), map(list, columns), strict=True)
    )
    parameters["dawn"] = min(parameters["midnights"], default=minute)
    found: dict[UUID, dict[str, dict[str, Any]]] = {ws: {} for ws in zones}
    for ws, back, by_minute, by_hour in connection.exec_driver_sql(KEPT, parameters):
        for name in {*(by_minute or ()), *(by_hour or ())} - SUMS.keys():
            _of(found[ws], name)[back] = _value((by_minute or {}).get(name), (by_hour or {}).get(name))
    for ws, back, *totals in connection.exec_driver_sql(COUNT, parameters):
        for name, total in zip(SUMS, totals, strict=True):
            _of(found[ws], name)[back] = int(total)
    return found  # type: ignore[return-value]


def _of(baseline: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return baseline.setdefault(name, dict.fromkeys(BACK))


def _value(minute: list | None, hour: list | None) -> float:
    if minute:
        return minute[-1]
    samples, total, *_ = hour  # type: ignore[misc]
    return plain(Decimal(str(total)) / samples)
