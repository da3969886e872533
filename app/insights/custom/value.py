"""A custom metric's value, read within limits of its own."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg2.errors import QueryCanceled
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.domain.custom_metric import Definition
from app.insights.custom.query import Query, query_of

Value = int | float | None

LONGEST = 2.0  # seconds that one query may take
EXACT = 2**53  # up to here every whole number is one of JavaScript's too


class TookTooLong(Exception):
    """The query was stopped after `LONGEST` seconds."""


def limit(connection: Connection, seconds: float = LONGEST) -> None:
    """Have this transaction's statements stopped in time (`LONGEST`)."""
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
    without_compiling(connection)


def without_compiling(connection: Connection) -> None:
    """Compiling takes longer than it saves on a query of a second."""
    connection.exec_driver_sql("SET LOCAL jit = off")


def read(
    connection: Connection, definition: Definition, workspace: UUID, timezone: str, now: datetime
) -> Value:
    """The value at `now`; None where nothing counts that it could be of. Raises TookTooLong."""
    found = ask(connection, query_of(definition, workspace, now, timezone))
    return definition.when_nothing_counts if found is None else _as_json(found)


def ask(connection: Connection, query: Query) -> Any:
    """The one value that a query gives; raises TookTooLong."""
    try:
        return connection.exec_driver_sql(query.sql, query.parameters).scalar_one()
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TookTooLong from error
        raise


def _as_json(found: int | Decimal) -> Value:
    if isinstance(found, int):
        return found
    if abs(found) <= EXACT and found == found.to_integral_value():
        return int(found)
    value = float(found)
    return value if math.isfinite(value) else None  # beyond what JSON's readers can hold
