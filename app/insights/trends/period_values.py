"""The values of whole periods: exact sums of additive metrics, and aggregated history of all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.domain.instants import EPOCH
from app.domain.resolution import HOUR, HistoryRetention, floor
from app.insights.history.days import timezone_since
from app.insights.history.minute_totals import period_totals
from app.insights.history.series import json_number
from app.insights.metrics.series_catalogue import SeriesInfo

# From hours, and from `fine` on from minutes; only those that end within the period.
AGGREGATES = """
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
        -- The hour that contains midnight: if its maximum is above its last value, it is of the day that ended,
        -- since the figure restarted at midnight.
        SELECT (r.figures -> %(metric)s ->> 0)::numeric, (r.figures -> %(metric)s ->> 1)::numeric,
            (r.figures -> %(metric)s ->> 3)::numeric
        FROM roll_ups AS r WHERE %(restarts)s AND r.workspace_id = %(workspace)s AND r.step = 3600
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
    periods: Sequence[Period],
    now: datetime,
    retention: HistoryRetention,
) -> list[float | None]:
    """Each period's sum, mean or maximum, as the metric's trend says; None where nothing was recorded."""
    if metric.trend_sum:
        return period_totals(connection, workspace, metric.trend_sum, periods)
    parameters = {
        "workspace": workspace,
        "metric": metric.name,
        "starts": [period.start for period in periods],
        "ends": [period.end for period in periods],
        "fine": floor(now - retention.minutes, HOUR) + HOUR,
        "restarts": metric.resets_at_midnight and metric.trend == "max",
        "since": timezone_since(connection, workspace) if metric.resets_at_midnight else EPOCH,
    }
    rows = connection.exec_driver_sql(AGGREGATES, parameters)
    return [_aggregate(metric, *row) for row in rows]


def _aggregate(
    metric: SeriesInfo, samples: Decimal | None, total: Decimal | None, highest: Decimal | None
) -> float | None:
    if not samples or total is None or highest is None:
        return None
    return json_number(highest if metric.trend == "max" else total / samples)
