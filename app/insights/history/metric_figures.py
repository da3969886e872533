"""The figures of one metric in a workspace's history, written or removed without touching the other metrics.

Ticks and roll-ups write whole rows. A roll-up that was computed before these statements and written after them
would undo them, so they run under the lock of the roll-ups (AdvisoryLock.ROLL_UPS).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.resolution import HOUR, MINUTE, floor
from app.insights.history.roll_ups import STEP_SECONDS

UNITS = {MINUTE: "minute", HOUR: "hour"}  # of date_trunc
MAX_REMOVED = 5_000  # rows in a statement
WRITE_SAMPLES = """
    INSERT INTO samples AS s (workspace_id, at, figures)
    SELECT %(workspace)s, at, jsonb_build_object(%(metric)s, value)
    FROM unnest(%(starts)s::timestamptz[], %(values)s::numeric[]) AS new (at, value)
    ON CONFLICT (workspace_id, at) DO UPDATE SET figures = s.figures || excluded.figures
"""
# Roll-ups are [samples, sum, lowest, highest, last], as those of all metrics. They are merged into their row.
ROLL_UP = """
    INSERT INTO roll_ups AS r (workspace_id, step, at, figures)
    SELECT %(workspace)s, %(step)s, start, jsonb_build_object(%(metric)s, jsonb_build_array(
        sum(samples), sum(total), min(low), max(high), (array_agg(latest ORDER BY at DESC))[1]
    )) FROM ({figures}) AS found GROUP BY start
    ON CONFLICT (workspace_id, step, at) DO UPDATE SET figures = r.figures || excluded.figures
"""
WRITE_ROLL_UPS = ROLL_UP.format(
    figures="""
        SELECT date_trunc(%(unit)s, at) AS start, at, 1 AS samples, value AS total, value AS low, value AS high,
            value AS latest
        FROM unnest(%(starts)s::timestamptz[], %(values)s::numeric[]) AS new (at, value)
    """
)
ROLL_UP_SAMPLES = ROLL_UP.format(
    figures="""
        SELECT date_trunc(%(unit)s, at) AS start, at, 1 AS samples, value AS total, value AS low, value AS high,
            value AS latest
        FROM samples CROSS JOIN LATERAL (SELECT (figures ->> %(metric)s)::numeric) AS f (value)
        WHERE workspace_id = %(workspace)s AND at >= %(since)s AND at < %(until)s AND value IS NOT NULL
    """
)
ROLL_UP_MINUTES = ROLL_UP.format(
    figures="""
        SELECT date_trunc(%(unit)s, at) AS start, at, (value ->> 0)::numeric AS samples,
            (value ->> 1)::numeric AS total, (value ->> 2)::numeric AS low, (value ->> 3)::numeric AS high,
            (value ->> 4)::numeric AS latest
        FROM roll_ups CROSS JOIN LATERAL (SELECT figures -> %(metric)s) AS f (value)
        WHERE workspace_id = %(workspace)s AND step = 60 AND at >= %(since)s AND at < %(until)s
        AND value IS NOT NULL
    """
)
REMOVE_SAMPLES = """
    UPDATE samples SET figures = figures - %(metric)s WHERE workspace_id = %(workspace)s AND at IN (
        SELECT at FROM samples WHERE workspace_id = %(workspace)s AND at < %(before)s AND figures ? %(metric)s
        LIMIT %(most)s
    )
"""
REMOVE_ROLL_UPS = """
    UPDATE roll_ups SET figures = figures - %(metric)s
    WHERE workspace_id = %(workspace)s AND step = %(step)s AND at IN (
        SELECT at FROM roll_ups WHERE workspace_id = %(workspace)s AND step = %(step)s AND at < %(before)s
        AND figures ? %(metric)s LIMIT %(most)s
    )
"""


class MetricInHistory(NamedTuple):
    """A metric of a workspace, by its full name, such as `custom.bigOrders`."""

    workspace: UUID
    metric: str


def write(
    connection: Connection,
    of: MetricInHistory,
    source: timedelta | None,
    figures: Iterable[tuple[datetime, float]],
) -> None:
    """Write the metric's figures, each with the start of its step, as samples (`source` None) or roll-ups.

    What is rolled up from them is rolled up again, figures of ticks at the same time included.
    """
    known = sorted(figures)
    if not known:
        return
    starts, values = [start for start, _ in known], [json.dumps(value) for _, value in known]
    parameters = {**of._asdict(), "starts": starts, "values": values}
    if source is None:
        connection.exec_driver_sql(WRITE_SAMPLES, parameters)
        _roll_up(connection, ROLL_UP_SAMPLES, of, MINUTE, starts)
    else:
        connection.exec_driver_sql(WRITE_ROLL_UPS, parameters | _unit(source))
    if source != HOUR:
        _roll_up(connection, ROLL_UP_MINUTES, of, HOUR, starts)


def remove(connection: Connection, of: MetricInHistory, before: datetime) -> bool:
    """Remove up to 5,000 of the metric's figures of before a moment; False if there were none left.

    The minute and the hour that contain the moment stay: they are rolled up again.
    """
    parameters = {**of._asdict(), "most": MAX_REMOVED}
    removed = connection.exec_driver_sql(REMOVE_SAMPLES, parameters | {"before": before}).rowcount
    for step, seconds in STEP_SECONDS.items():
        within = {"step": seconds, "before": floor(before, step)}
        removed += connection.exec_driver_sql(REMOVE_ROLL_UPS, parameters | within).rowcount
    return removed > 0


def _roll_up(
    connection: Connection, statement: str, of: MetricInHistory, step: timedelta, starts: list[datetime]
) -> None:
    since, until = floor(starts[0], step), floor(starts[-1], step) + step
    connection.exec_driver_sql(statement, {**of._asdict(), **_unit(step), "since": since, "until": until})


def _unit(step: timedelta) -> dict[str, object]:
    return {"step": STEP_SECONDS[step], "unit": UNITS[step]}
