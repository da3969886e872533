"""Totals of whole stretches of time, summed from the counts of each minute: exact, in any timezone."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.domain.calendar_periods import Period
from app.insights.metrics.registry import MinuteSum

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


def period_totals(
    connection: Connection, workspace: UUID, of: MinuteSum, stretches: Sequence[Period]
) -> list[int | None]:
    """The total of each stretch; None where the workspace was not there yet."""
    parameters = {
        "workspace": workspace,
        "starts": [stretch.start for stretch in stretches],
        "ends": [stretch.end for stretch in stretches],
        "types": list(of.types),
    }
    rows = connection.exec_driver_sql(COUNTED.format(value=of.value, where=of.where), parameters)
    return [None if total is None else int(total) for (total,) in rows]
