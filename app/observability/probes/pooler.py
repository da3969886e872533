"""Pooler probe: does a transaction pooler between us and PostgreSQL give each transaction another backend?

Prepared statements and session locks live in a backend. In PgBouncer's transaction mode a share of all posts
fails, more the more run at once, and a single connection never shows it.
"""

from __future__ import annotations

from psycopg2.errors import DuplicatePreparedStatement, InvalidSqlStatementName
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.observability.probes.finding import Finding

STATEMENT = "pulse_probe"
FAULT = Finding(
    "Pooler",
    "a transaction pooler stands before PostgreSQL",
    "connect directly, or have it pool by session (pool_mode = session)",
    True,
)


def is_pooled_by_transaction(engine: Engine) -> bool:
    """Whether two transactions of one connection reach two backends, while another connection is busy."""
    with engine.connect() as first, engine.connect() as second:
        before = _backend(first)
        try:
            first.exec_driver_sql(f"PREPARE {STATEMENT} AS SELECT 1")
            first.commit()
            # This transaction gets the backend that was just released, if it was.
            _backend(second)
            if _backend(first) != before:
                return True
            first.exec_driver_sql(f"EXECUTE {STATEMENT}")
            first.exec_driver_sql(f"DEALLOCATE {STATEMENT}")
            first.commit()
        except DBAPIError as error:
            if isinstance(error.orig, (DuplicatePreparedStatement, InvalidSqlStatementName)):
                return True
            raise
    return False


def _backend(connection: Connection) -> int:
    backend: int = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    return backend
