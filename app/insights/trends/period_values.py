"""Trends: what stands for whole stretches of time: exact sums of what adds up, and the history of all else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.domain.instants import EPOCH
from app.domain.resolution import HOUR, HistoryRetention, floor
from app.insights.history.days import timezone_since
from app.insights.history.minute_totals import period_totals
from app.insights.history.series import json_number
from app.insights.metrics.series_catalogue import SeriesInfo

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


def period_values(
    connection: Connection,
    workspace: UUID,
    metric: SeriesInfo,
    stretches: Sequence[Period],
    now: datetime,
    kept: HistoryRetention,
) -> list[float | None]:
    """What stands for each stretch: the sum, the mean or the highest; None where nothing is known."""
    if metric.trend_sum:
        return period_totals(connection, workspace, metric.trend_sum, stretches)
    parameters = {
        "workspace": workspace,
        "metric": metric.name,
        "starts": [stretch.start for stretch in stretches],
        "ends": [stretch.end for stretch in stretches],
        "fine": floor(now - kept.minutes, HOUR) + HOUR,
        "of_the_day": metric.resets_at_midnight and metric.trend == "max",
        "since": timezone_since(connection, workspace) if metric.resets_at_midnight else EPOCH,
    }
    rows = connection.exec_driver_sql(RECORDED, parameters)
    return [_stands(metric, *row) for row in rows]


def _stands(metric: SeriesInfo, samples, total, highest) -> float | None:
    if not samples:
        return None
    return json_number(highest if metric.trend == "max" else total / samples)
