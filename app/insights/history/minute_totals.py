"""Exact totals of time periods in any timezone, summed from minute counts, and of final hours from hour counts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.insights.metrics.registry import MinuteSum

# NULL, not 0, for a period that ended before the workspace existed. Hours that lie within the period and are
# summed up (activity/hour_rollup.py) come from their sums, what is before and after them from minutes: a year of
# minutes would take seconds. One statement, so that the sums are of the same moment as the end of their hours.
TOTALS = """
    SELECT CASE WHEN date_trunc('minute', w.created_at) <= p.stop THEN coalesce((
            SELECT sum({hour_value}) FROM hour_counts AS h
            WHERE h.workspace_id = %(workspace)s AND h.hour >= p.first_hour AND h.hour < p.last_hour
        ), 0) + coalesce((
            SELECT sum({value}) FROM minute_counts AS m WHERE m.workspace_id = %(workspace)s
            AND m.minute >= p.start AND m.minute < p.first_hour AND {where}
        ), 0) + coalesce((
            SELECT sum({value}) FROM minute_counts AS m WHERE m.workspace_id = %(workspace)s
            AND m.minute >= p.last_hour AND m.minute < p.stop AND {where}
        ), 0) END
    FROM workspaces AS w CROSS JOIN LATERAL (
        SELECT number, start, stop, CASE WHEN last > first THEN first ELSE stop END AS first_hour,
            CASE WHEN last > first THEN last ELSE stop END AS last_hour
        FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])
            WITH ORDINALITY AS period (start, stop, number)
        LEFT JOIN event_heads AS e ON e.workspace_id = %(workspace)s
        CROSS JOIN LATERAL (
            SELECT date_trunc('hour', start + interval '1 hour' - interval '1 microsecond', 'UTC') AS first,
                least(date_trunc('hour', stop, 'UTC'), coalesce(e.hours_until, '-infinity')) AS last
        ) AS hours
    ) AS p WHERE w.id = %(workspace)s ORDER BY p.number
"""


def period_totals(
    connection: Connection, workspace: UUID, minute_sum: MinuteSum, periods: Sequence[Period]
) -> list[float | None]:
    """The total of each period; None where the workspace did not exist yet."""
    parameters = {
        "workspace": workspace,
        "starts": [period.start for period in periods],
        "ends": [period.end for period in periods],
        "types": list(minute_sum.types),
    }
    totals = TOTALS.format(value=minute_sum.value, hour_value=minute_sum.hour_value, where=minute_sum.where)
    rows = connection.exec_driver_sql(totals, parameters)
    return [None if total is None else int(total) for (total,) in rows]
