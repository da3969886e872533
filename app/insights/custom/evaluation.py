"""Evaluation of a custom metric: its value within a time limit, and the cost check before it is accepted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from psycopg2.errors import QueryCanceled
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.domain.custom_metric import MetricDefinition
from app.errors import TooCostly
from app.insights.custom.query import Query, query_of
from app.postgres.statements import AnyRow

MetricValue = int | float | None

QUERY_TIMEOUT = 2.0  # seconds
MAX_SAFE_INTEGER = 2**53  # JavaScript's: up to here every integer is exact
# In the planner's unit: a page read sequentially is 1. About three million events.
MAX_COST = 150_000
ADVICE = (
    "A shorter window costs less. A count without conditions costs next to nothing, however long its window."
)


class CheckedCost(NamedTuple):
    """The cost that PostgreSQL plans for a metric's query, and the metric's value."""

    planned: float
    value: MetricValue


class QueryTimedOut(Exception):
    """PostgreSQL stopped the query at its statement timeout."""


def check_cost(
    connection: Connection, definition: MetricDefinition, workspace: UUID, timezone: str, now: datetime
) -> CheckedCost:
    """The metric's cost and value at `now`; raises TooCostly if the planned cost or the run time is too high."""
    set_query_timeout(connection)
    try:
        cost = planned_cost(connection, query_of(definition, workspace, now, timezone))
        if cost > MAX_COST:
            raise TooCostly(f"PostgreSQL expects a cost of {cost:,.0f}; the most is {MAX_COST:,}. {ADVICE}")
        return CheckedCost(cost, evaluate(connection, definition, workspace, timezone, now))
    except QueryTimedOut:
        raise TooCostly(f"Its query was stopped after {QUERY_TIMEOUT:g} seconds. {ADVICE}") from None


def planned_cost(connection: Connection, query: Query) -> float:
    """The planner's estimate of the query's total cost; the query does not run."""
    [plan] = fetch_value(connection, Query(f"EXPLAIN (FORMAT JSON) {query.sql}", query.parameters))
    return float(plan["Plan"]["Total Cost"])


def evaluate(
    connection: Connection, definition: MetricDefinition, workspace: UUID, timezone: str, now: datetime
) -> MetricValue:
    """The value at `now`; None if no event counts and the aggregate has no value then. Raises QueryTimedOut."""
    found = fetch_value(connection, query_of(definition, workspace, now, timezone))
    return metric_value(definition, found)


def metric_value(definition: MetricDefinition, found: int | Decimal | None) -> MetricValue:
    """The metric's value, from what PostgreSQL computed."""
    return definition.when_nothing_counts if found is None else _to_json(found)


def fetch_value(connection: Connection, query: Query) -> Any:
    """The single value that the query returns, of the type of its column; raises QueryTimedOut."""
    [[found]] = fetch_all(connection, query)
    return found


def fetch_all(connection: Connection, query: Query) -> Sequence[AnyRow]:
    """The rows that the query returns; raises QueryTimedOut."""
    with timeouts_by_name():
        return connection.exec_driver_sql(query.sql, query.parameters).all()


@contextmanager
def timeouts_by_name() -> Iterator[None]:
    """Raise QueryTimedOut where PostgreSQL stops a statement at its time-out."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise QueryTimedOut from error
        raise


def set_query_timeout(connection: Connection, seconds: float = QUERY_TIMEOUT) -> None:
    """Set the statement timeout of this transaction."""
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
    disable_jit(connection)


def disable_jit(connection: Connection) -> None:
    """Switch JIT off in this transaction: compiling takes longer than it saves on a query of a second."""
    connection.exec_driver_sql("SET LOCAL jit = off")


def _to_json(found: int | Decimal) -> MetricValue:
    if isinstance(found, int):
        return found
    if abs(found) <= MAX_SAFE_INTEGER and found == found.to_integral_value():
        return int(found)
    value = float(found)
    return value if math.isfinite(value) else None  # beyond the range of a JSON number
