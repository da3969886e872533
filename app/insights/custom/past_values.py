"""A custom metric's values at past moments, each as a tick at that moment computed it, or would have.

An event counts from when it occurred until it leaves the window or, being a message, is taken back. So late events
count as if they had come in time, which no tick could know; all else is as it was at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.custom_metric import COUNT, DISTINCT, MetricDefinition
from app.domain.event import MAX_AHEAD, MAX_LATE
from app.domain.event_query import CLOCK_SLACK
from app.insights.custom.evaluation import MetricValue, fetch_all, metric_value
from app.insights.custom.query import Query, bounds, matching, value_of

# Moments are told by their numbers, from 1 on: an event counts at those from `first` to `last`. width_bucket(x, …)
# is the number of moments up to x, so with a microsecond less, the resolution of timestamptz, of those before x.
# Events that count at the same moments are aggregated beforehand: a moment then costs little, however many events
# are in its window. An event stamped ahead of our clock counts from its receipt on, as in a tick.
VALUES = """
    WITH {deletions} matched AS MATERIALIZED (
        SELECT 1 + width_bucket(
                least(e.occurred_at, e.received_at) - interval '1 microsecond', %(moments)s::timestamptz[]
            ) AS first,
            least(
                width_bucket(e.occurred_at{exclusive}, %(starts)s::timestamptz[]), {deleted}
            ) AS last, {value} AS value
        FROM events AS e {join}
        WHERE {conditions} AND e.occurred_at >= %(start)s AND e.occurred_at <= %(ahead)s
            AND e.received_at <= %(late)s
    ), parts AS MATERIALIZED ({parts})
    SELECT n.number, {total} FROM generate_series(1, cardinality(%(moments)s::timestamptz[])) AS n (number)
    LEFT JOIN parts AS p ON p.first <= n.number AND p.last >= n.number GROUP BY n.number ORDER BY n.number
"""
EXCLUSIVE = " - interval '1 microsecond'"
# When messages were taken back: `message_deletions` has when that was received. Deletions that occurred before
# these bounds were received before the window.
DELETIONS = """
    deletions AS MATERIALIZED (
        SELECT event_data ->> 'messageId' AS message_id, min(least(occurred_at, received_at)) AS at FROM events
        WHERE workspace_id = %(workspace)s AND event_type = 'message.deleted'
        AND occurred_at >= %(deleted_from)s AND occurred_at <= %(ahead)s
        AND received_at >= %(deleted_from)s - interval '1 hour' AND received_at <= %(late)s
        GROUP BY 1
    ),
"""
JOIN_DELETIONS = """
    LEFT JOIN message_deletions AS gone ON gone.workspace_id = e.workspace_id
        AND e.event_type = 'message.sent' AND gone.message_id = e.event_data ->> 'messageId'
    LEFT JOIN deletions ON e.event_type = 'message.sent' AND deletions.message_id = e.event_data ->> 'messageId'
"""
DELETED = """
    width_bucket(least(gone.deleted_at, deletions.at) - interval '1 microsecond', %(moments)s::timestamptz[])
"""
GROUPED = "SELECT first, last, {} FROM matched WHERE first <= last GROUP BY first, last"


class PastAggregate(NamedTuple):
    """How values are aggregated: into parts that count at the same moments, and these at one moment."""

    parts: str
    total: str


# A value counts once, however many events have it: the moments of one value are merged.
DISTINCT_PARTS = """
    SELECT lower(shown) AS first, upper(shown) - 1 AS last, count(*) AS found FROM (
        SELECT unnest(range_agg(int4range(first, last, '[]'))) AS shown
        FROM matched WHERE first <= last AND value IS NOT NULL GROUP BY value
    ) AS merged GROUP BY 1, 2
"""
AGGREGATES = {
    COUNT: PastAggregate(GROUPED.format("count(*) AS found"), "sum(p.found)"),
    DISTINCT: PastAggregate(DISTINCT_PARTS, "sum(p.found)"),
    "sum": PastAggregate(GROUPED.format("sum(value) AS found"), "sum(p.found)"),
    "avg": PastAggregate(
        GROUPED.format("sum(value) AS found, count(value) AS events"),
        "sum(p.found) / nullif(sum(p.events), 0)",
    ),
    "min": PastAggregate(GROUPED.format("min(value) AS found"), "min(p.found)"),
    "max": PastAggregate(GROUPED.format("max(value) AS found"), "max(p.found)"),
    "p95": PastAggregate(
        "SELECT first, last, value FROM matched WHERE first <= last AND value IS NOT NULL",
        "percentile_disc(0.95) WITHIN GROUP (ORDER BY p.value)",
    ),
}


def values_at(
    connection: Connection,
    definition: MetricDefinition,
    workspace: UUID,
    timezone: str,
    moments: Sequence[datetime],
) -> list[MetricValue]:
    """The value at each of these moments, which ascend; raises QueryTimedOut."""
    rows = fetch_all(connection, past_query(definition, workspace, timezone, moments)) if moments else []
    return [metric_value(definition, found) for _, found in rows]


def past_query(
    definition: MetricDefinition, workspace: UUID, timezone: str, moments: Sequence[datetime]
) -> Query:
    """The query of the values: a row `(number, value)` for each moment, in order."""
    parameters = bounds(definition, workspace, moments[0], timezone)
    value = "NULL" if definition.aggregate == COUNT else value_of(definition, parameters)
    conditions = " AND ".join(matching(definition, parameters))
    aggregate, messages = AGGREGATES[definition.aggregate], definition.may_count_messages
    sql = VALUES.format(
        exclusive="" if definition.window.has_start else EXCLUSIVE,
        deletions=DELETIONS if messages else "",
        join=JOIN_DELETIONS if messages else "",
        deleted=DELETED if messages else "NULL",
        value=value,
        conditions=conditions,
        parts=aggregate.parts,
        total=aggregate.total,
    )
    return Query(
        sql,
        parameters.values
        | {
            "moments": list(moments),
            "starts": [definition.window.start(moment, timezone) for moment in moments],
            "ahead": moments[-1] + MAX_AHEAD + CLOCK_SLACK,
            "late": moments[-1] + MAX_LATE + CLOCK_SLACK,
            "deleted_from": parameters.values["start"] - MAX_LATE - CLOCK_SLACK,
        },
    )
