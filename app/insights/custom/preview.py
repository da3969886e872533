"""Preview of a custom metric: what it would say, what it would cost, and what it names that was never seen.

Nothing is stored. It is one heavy read, whose statements have the time-out of a metric's query.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.domain.custom_metric import MetricDefinition
from app.domain.instants import MILLISECOND, to_millisecond
from app.domain.resolution import floor
from app.insights.custom import schema
from app.insights.custom.backfill import oldest_known
from app.insights.custom.evaluation import (
    MAX_COST,
    MetricValue,
    QueryTimedOut,
    check_cost,
    set_query_timeout,
)
from app.insights.custom.past_values import values_at
from app.insights.custom.query import query_of
from app.insights.custom.unseen import Unseen, unseen
from app.insights.explain.query_plan import EVENTS, rows_read

STEP = timedelta(minutes=15)
POINTS = 96  # a day


class MetricPoint(NamedTuple):
    """The value at the end of a step (of the last step: now), and where it begins; None where it is not known."""

    at: datetime
    value: MetricValue


class MetricCost(NamedTuple):
    """What PostgreSQL plans to spend, the most that is accepted, and the rows that the query has read."""

    planned: float
    limit: int
    read: Sequence[dict[str, Any]]
    events: int


class MetricPreview(NamedTuple):
    """What a definition would say at `now`; no `points` if counting a day took too long."""

    definition: MetricDefinition
    now: datetime
    value: MetricValue
    points: Sequence[MetricPoint] | None
    cost: MetricCost
    unseen: Unseen


def preview_metric(access: Access, body: object) -> MetricPreview:
    """The preview of a definition, in the form of a new metric; it needs no name.

    Raises InvalidInput, TooCostly, TooBusy or RateLimited.
    """
    definition = MetricDefinition.from_json(schema.load_definition(body))
    now = to_millisecond(datetime.now(UTC))
    heavy_reads.count(access)
    with heavy_reads.heavy_reads().connection(access.workspace_id) as connection:
        return _read(connection, definition, access.workspace_id, access.timezone, now)


def unseen_of(access: Access, definition: MetricDefinition) -> Unseen:
    """What a definition names that was never seen; raises TooBusy or RateLimited."""
    heavy_reads.count(access)
    with heavy_reads.heavy_reads().connection(access.workspace_id) as connection:
        set_query_timeout(connection)
        return unseen(connection, definition, access.workspace_id, datetime.now(UTC))


def _read(
    connection: Connection, definition: MetricDefinition, workspace: UUID, timezone: str, now: datetime
) -> MetricPreview:
    planned, value = check_cost(connection, definition, workspace, timezone, now)
    read = rows_read(connection, query_of(definition, workspace, now, timezone)) or []
    events = sum(table["rows"] for table in read if table["table"] == EVENTS)
    missing = unseen(connection, definition, workspace, now)
    points = _points(connection, definition, workspace, timezone, now)
    return MetricPreview(
        definition, now, value, points, MetricCost(round(planned, 2), MAX_COST, read, events), missing
    )


def _points(
    connection: Connection, definition: MetricDefinition, workspace: UUID, timezone: str, now: datetime
) -> Sequence[MetricPoint] | None:
    """The last day; the last of what is read, because a time-out ends the transaction."""
    last = floor(now, STEP)
    starts = [last - number * STEP for number in reversed(range(POINTS))]
    oldest = oldest_known(connection, definition, workspace, timezone) or now
    known = {start: min(start + STEP - MILLISECOND, now) for start in starts if start + STEP > oldest}
    try:
        values = values_at(connection, definition, workspace, timezone, list(known.values()))
    except QueryTimedOut:
        return None
    found = dict(zip(known, values, strict=True))
    return [MetricPoint(start, found.get(start)) for start in starts]
