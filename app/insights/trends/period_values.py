"""Trends: what stands for whole stretches of time: exact sums of what adds up, and the history of all else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.domain.instants import EPOCH
from app.domain.resolution import HOUR, HistoryRetention, floor
from app.insights.history.days import days_known_since
from app.insights.history.minute_totals import totals
from app.insights.history.series import plain
from app.insights.metrics.series_catalogue import Measured

# By hour, and from `fine` on by minute; only what ended within the stretch.
RECORDED = """
    SELECT sum(f.samples), sum(f.total), max(f.highest)
    FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS p (start, stop, number)
    LEFT JOIN LATERAL (
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE r.workspace_id = %(workspace)s AND r.step = 60
        AND r.at >= greatest(p.start, %(fine)s, %(since)s) AND r.at <= p.stop - interval '1 minute'
        UNION ALL
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE r.workspace_id = %(workspace)s AND r.step = 3600
        AND r.at >= greatest(p.start, %(since)s) AND r.at < %(fine)s AND r.at <= p.stop - interval '1 hour'
        UNION ALL
        -- The hour that midnight lies in: what began anew has not come as high since: its highest is of the day.
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE %(of_the_day)s AND r.workspace_id = %(workspace)s AND r.step = 3600
        AND r.at >= greatest(p.start, %(since)s) AND r.at < %(fine)s
        AND r.at > p.stop - interval '1 hour' AND r.at < p.stop
        AND (r.figures -> %(metric)s ->> 3)::numeric > (r.figures -> %(metric)s ->> 4)::numeric
    ) AS f (samples, total, highest) ON true
    GROUP BY p.number ORDER BY p.number
"""


def values(
    connection: Connection,
    workspace: UUID,
    metric: Measured,
    stretches: Sequence[Period],
    now: datetime,
    kept: HistoryRetention,
) -> list[float | None]:
    """What stands for each stretch: the sum, the mean or the highest; None where nothing is known."""
    if metric.adds_up:
        return totals(connection, workspace, metric.adds_up, stretches)
    parameters = {
        "workspace": workspace,
        "metric": metric.name,
        "starts": [stretch.start for stretch in stretches],
        "ends": [stretch.end for stretch in stretches],
        "fine": floor(now - kept.minutes, HOUR) + HOUR,
        "of_the_day": metric.is_of_the_day and metric.trend == "max",
        "since": days_known_since(connection, workspace) if metric.is_of_the_day else EPOCH,
    }
    rows = connection.exec_driver_sql(RECORDED, parameters)
    return [_stands(metric, *row) for row in rows]


def _stands(metric: Measured, samples, total, highest) -> float | None:
    if not samples:
        return None
    return plain(highest if metric.trend == "max" else total / samples)
