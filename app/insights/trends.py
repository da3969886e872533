"""Trends: what stands for whole stretches of time: exact sums of what adds up, and the history of all else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.steps import HOUR, Kept, floor
from app.domain.wall_time import Period
from app.insights.history import plain
from app.insights.measured import Measured

# A stretch that ended before the workspace existed has no figure, not a figure of 0.
COUNTED = """
    SELECT sum(found.total) FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])
        WITH ORDINALITY AS p (start, stop, number)
    JOIN workspaces AS w ON w.id = %(workspace)s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN date_trunc('minute', w.created_at) <= p.stop THEN coalesce(sum({value}), 0) END AS total
        FROM minute_counts AS m WHERE m.workspace_id = w.id AND m.minute >= p.start AND m.minute < p.stop
        AND {where}
    ) AS found GROUP BY p.number ORDER BY p.number
"""
# By hour, and from `fine` on by minute; only what ended within the stretch.
RECORDED = """
    SELECT sum(f.samples), sum(f.total), max(f.highest)
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS p (start, stop, number)
    LEFT JOIN LATERAL (
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE r.workspace_id = %(workspace)s AND r.step = 60
        AND r.at >= greatest(p.start, %(fine)s) AND r.at <= p.stop - interval '1 minute'
        UNION ALL
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE r.workspace_id = %(workspace)s AND r.step = 3600
        AND r.at >= p.start AND r.at < %(fine)s AND r.at <= p.stop - interval '1 hour'
    ) AS f (samples, total, highest) ON true
    GROUP BY p.number ORDER BY p.number
"""


def values(
    connection: Connection,
    workspace: UUID,
    metric: Measured,
    stretches: Sequence[Period],
    now: datetime,
    kept: Kept,
) -> list[float | None]:
    """What stands for each stretch: the sum, the mean or the highest; None where nothing is known."""
    parameters = {
        "workspace": workspace,
        "metric": metric.name,
        "starts": [stretch.start for stretch in stretches],
        "ends": [stretch.end for stretch in stretches],
        "fine": floor(now - kept.minutes, HOUR) + HOUR,
    }
    if metric.adds_up:
        query = COUNTED.format(value=metric.adds_up.value, where=metric.adds_up.where)
        rows = connection.exec_driver_sql(query, parameters)
        return [None if total is None else int(total) for (total,) in rows]
    rows = connection.exec_driver_sql(RECORDED, parameters)
    return [_stands(metric, *row) for row in rows]


def _stands(metric: Measured, samples, total, highest) -> float | None:
    if not samples:
        return None
    return plain(highest if metric.trend == "max" else total / samples)
