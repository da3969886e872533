"""Exact totals of time periods in any timezone, summed from minute counts."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.insights.metrics.registry import MinuteSum

# NULL, not 0, for a period that ended before the workspace existed.
TOTALS = """
    SELECT sum(found.total) FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[])
        WITH ORDINALITY AS p (start, stop, number)
    JOIN workspaces AS w ON w.id = %(workspace)s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN date_trunc('minute', w.created_at) <= p.stop THEN coalesce(sum({value}), 0) END AS total
        FROM minute_counts AS m WHERE m.workspace_id = w.id AND m.minute >= p.start AND m.minute < p.stop
        AND {where}
    ) AS found GROUP BY p.number ORDER BY p.number
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
    rows = connection.exec_driver_sql(
        TOTALS.format(value=minute_sum.value, where=minute_sum.where), parameters
    )
    return [None if total is None else int(total) for (total,) in rows]
