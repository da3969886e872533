"""Roll-ups: samples aggregated by minute and by hour, and the pruning of what has passed its retention.

A roll-up is always recomputed from all of its rows, so computing it twice is idempotent. Sums are numeric, so they
are exact in any order.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import gevent
from sqlalchemy import Connection

from app.domain.resolution import HOUR, MINUTE, HistoryRetention, floor

STEP_SECONDS = {MINUTE: 60, HOUR: 3600}  # the values of the column `step`
BATCH_SIZE = 5_000  # rows deleted per statement
BATCH_PAUSE = 0.05  # seconds between two of them
# Rows are pruned this much later than they are last recomputed: the clocks of two workers may differ.
PRUNE_MARGIN = 2 * MINUTE

# `figures` of a roll-up: {metric: [samples, sum, lowest, highest, last]}.
FROM_SAMPLES = """
    INSERT INTO roll_ups AS r (workspace_id, step, at, figures)
    SELECT workspace_id, 60, minute, jsonb_object_agg(metric, jsonb_build_array(n, total, lowest, highest, latest))
    FROM (
        SELECT s.workspace_id, date_trunc('minute', s.at) AS minute, f.metric, count(*) AS n,
            sum(f.value) AS total, min(f.value) AS lowest, max(f.value) AS highest,
            (array_agg(f.value ORDER BY s.at DESC))[1] AS latest
        FROM workspaces AS w JOIN samples AS s ON s.workspace_id = w.id AND s.at >= %(since)s
        CROSS JOIN LATERAL (SELECT key, value::numeric FROM jsonb_each_text(s.figures)) AS f (metric, value)
        GROUP BY 1, 2, 3
    ) AS found GROUP BY workspace_id, minute
    ON CONFLICT (workspace_id, step, at) DO UPDATE SET figures = excluded.figures
    WHERE r.figures <> excluded.figures
"""
FROM_MINUTES = """
    INSERT INTO roll_ups AS r (workspace_id, step, at, figures)
    SELECT workspace_id, 3600, hour, jsonb_object_agg(metric, jsonb_build_array(n, total, lowest, highest, latest))
    FROM (
        SELECT m.workspace_id, date_trunc('hour', m.at) AS hour, f.metric, sum((f.value ->> 0)::numeric) AS n,
            sum((f.value ->> 1)::numeric) AS total, min((f.value ->> 2)::numeric) AS lowest,
            max((f.value ->> 3)::numeric) AS highest,
            (array_agg((f.value ->> 4)::numeric ORDER BY m.at DESC))[1] AS latest
        FROM workspaces AS w JOIN roll_ups AS m ON m.workspace_id = w.id AND m.step = 60 AND m.at >= %(since)s
        CROSS JOIN LATERAL jsonb_each(m.figures) AS f (metric, value)
        GROUP BY 1, 2, 3
    ) AS found GROUP BY workspace_id, hour
    ON CONFLICT (workspace_id, step, at) DO UPDATE SET figures = excluded.figures
    WHERE r.figures <> excluded.figures
"""
# Joined by workspace, because both primary keys begin with it.
OLD_SAMPLES = """
    DELETE FROM samples WHERE (workspace_id, at) IN (
        SELECT t.workspace_id, t.at FROM workspaces AS w JOIN samples AS t ON t.workspace_id = w.id
        WHERE t.at < %(before)s LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED
    )
"""
OLD_ROLL_UPS = """
    DELETE FROM roll_ups WHERE (workspace_id, step, at) IN (
        SELECT t.workspace_id, t.step, t.at FROM workspaces AS w
        JOIN roll_ups AS t ON t.workspace_id = w.id AND t.step = %(step)s
        WHERE t.at < %(before)s LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED
    )
"""


def roll_up_minutes(
    connection: Connection, since: datetime, now: datetime, retention: HistoryRetention
) -> None:
    """Recompute the minutes from `since` on; none whose samples may be partly pruned."""
    whole = floor(now - retention.ticks, MINUTE) + MINUTE
    connection.exec_driver_sql(FROM_SAMPLES, {"since": max(floor(since, MINUTE), whole)})


def roll_up_hours(
    connection: Connection, since: datetime, now: datetime, retention: HistoryRetention
) -> None:
    """Recompute the hours from `since` on; none whose minutes may be partly pruned."""
    whole = floor(now - retention.minutes, HOUR) + HOUR
    connection.exec_driver_sql(FROM_MINUTES, {"since": max(floor(since, HOUR), whole)})


def prune(connection: Connection, now: datetime, retention: HistoryRetention) -> int:
    """Delete what has passed its retention; returns the number of rows.

    Takes an autocommit connection: each batch is a transaction, so locks are short.
    """
    deleted = _delete(connection, OLD_SAMPLES, floor(now - retention.ticks - PRUNE_MARGIN, MINUTE))
    deleted += _delete(connection, OLD_ROLL_UPS, floor(now - retention.minutes - PRUNE_MARGIN, HOUR), MINUTE)
    return deleted + _delete(connection, OLD_ROLL_UPS, floor(now - retention.hours, HOUR), HOUR)


def _delete(connection: Connection, statement: str, before: datetime, step: timedelta | None = None) -> int:
    parameters = {"before": before, "limit": BATCH_SIZE, "step": step and STEP_SECONDS[step]}
    deleted = last = connection.exec_driver_sql(statement, parameters).rowcount
    while last == BATCH_SIZE:
        gevent.sleep(BATCH_PAUSE)
        last = connection.exec_driver_sql(statement, parameters).rowcount
        deleted += last
    return deleted
