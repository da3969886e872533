"""Statements that travel to PostgreSQL together: one round trip, however many they are.

While a commit holds the heads' locks, every round trip keeps all other commits of its workspaces waiting, and in a
busy worker the answer waits for its turn besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row


class Script:
    """Statements in psycopg2's style with parameters by place; each sees what those before it have done."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._parameters: list[Any] = []

    def add(self, statement: str, parameters: Sequence[Any]) -> None:
        """Append a statement."""
        self._statements.append(statement)
        self._parameters += parameters

    def run(self, connection: Connection) -> Sequence[Row]:
        """Run them in order, within the connection's transaction; the rows of the last one, if it gives any."""
        result = connection.exec_driver_sql(";".join(self._statements), tuple(self._parameters))
        return result.all() if result.returns_rows else []
