"""The guard at the door: what a custom metric would cost the database, asked before it is accepted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.domain.custom_metric import Definition
from app.errors import TooCostly
from app.insights.custom import value
from app.insights.custom.query import Query, query_of
from app.insights.custom.value import LONGEST, TookTooLong, Value

# In the planner's own unit: a page read in order is 1. Some three million events looked at.
MOST = 150_000
ADVICE = (
    "A shorter window costs less. A count without conditions costs next to nothing, however long its window."
)


def affordable(
    connection: Connection, definition: Definition, workspace: UUID, timezone: str, now: datetime
) -> Value:
    """The metric's value at `now`, once it is known that it can be had; raises TooCostly with the reason."""
    value.limit(connection)
    try:
        cost = planned_cost(connection, query_of(definition, workspace, now, timezone))
        if cost > MOST:
            raise TooCostly(f"PostgreSQL expects a cost of {cost:,.0f}; the most is {MOST:,}. {ADVICE}")
        return value.read(connection, definition, workspace, timezone, now)
    except TookTooLong:
        raise TooCostly(f"Its query was stopped after {LONGEST:g} seconds. {ADVICE}") from None


def planned_cost(connection: Connection, query: Query) -> float:
    """What the planner expects the query to cost; nothing is read for that."""
    [plan] = value.ask(connection, Query(f"EXPLAIN (FORMAT JSON) {query.sql}", query.parameters))
    return plan["Plan"]["Total Cost"]
