"""Statements that travel to PostgreSQL together: one round trip, however many they are.

While a commit holds the heads' locks, every round trip keeps all other commits of its workspaces waiting, and in a
busy worker the answer waits for its turn besides. So BEGIN and COMMIT travel with the statements, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine


class Script:
    """Statements in psycopg2's style with parameters by place; each sees what those before it have done."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._parameters: list[Any] = []

    def add(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Append a statement. A list among its parameters is an array, which the statement casts: `%s::uuid[]`."""
        self._statements.append(statement)
        self._parameters += [_array(value) if isinstance(value, list) else value for value in parameters]

    def run(self, connection: Connection) -> Sequence[tuple]:
        """Run them in order; the rows of the last one, if it gives any. Raises psycopg2's own errors."""
        # By psycopg2's cursor: SQLAlchemy would learn anew each time what columns there are.
        with connection.connection.cursor() as cursor:
            cursor.execute(";".join(self._statements), self._parameters)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """A connection on which each statement commits by itself, and scripts say BEGIN and COMMIT themselves.

    Nobody else knows of such a transaction, and nobody would roll it back: on any error the connection is closed.
    """
    with engine.connect() as connection:
        # Not SQLAlchemy's isolation level: that is put back as one that was asked for, and from then on psycopg2
        # tells the server of it, in a round trip, whenever this connection ceases to be in autocommit.
        driver = connection.connection.dbapi_connection
        driver.autocommit = True  # type: ignore[union-attr]
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            raise
        driver.autocommit = False  # type: ignore[union-attr]


def _array(values: list[Any]) -> str:
    """An array as PostgreSQL writes it: psycopg2 would adapt each element, and PostgreSQL parse each as SQL."""
    texts = [
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(texts) + "}"
