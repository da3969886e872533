"""Statements that travel to PostgreSQL together: one round trip, however many they are.

While a commit holds the heads' locks, every round trip keeps all other commits of its workspaces waiting, and in a
busy worker the answer waits for its turn besides. So BEGIN and COMMIT travel with the statements, too; and to plan
these anew each time would cost PostgreSQL as much as to carry them out for a single event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, Row, Select

from app.postgres.link import operational_error

PARAMETER = re.compile(r"\$(\d+)")
PREPARED = "statements that this connection has prepared"


class Statement:
    """One that a connection prepares when it first meets it, so that PostgreSQL plans it only then.

    Parameters are `$1`, `$2` …, each with a cast that tells its type, `$1::uuid[]`. PostgreSQL refuses a name that
    another statement has on the same connection.
    """

    def __init__(self, name: str, text: str):
        places = max(map(int, PARAMETER.findall(text)))
        # psycopg2 looks for parameters of its own in all that it sends.
        self.prepare = f"PREPARE {name} AS {text}".replace("%", "%%")
        self.execute = f"EXECUTE {name} ({', '.join(['%s'] * places)})"


class Script:
    """Statements in their order; each sees what those before it have done."""

    def __init__(self) -> None:
        self._steps: list[str | Statement] = []
        self._parameters: list[Any] = []

    def begin(self, *, lock_timeout_ms: int | None = None) -> None:
        """Append the beginning of a transaction, which may wait less long for locks than the connection does."""
        self._steps.append("BEGIN")
        if lock_timeout_ms is not None:
            self._steps.append(f"SET LOCAL lock_timeout = {lock_timeout_ms}")

    def add(self, statement: Statement, *parameters: Any) -> None:
        """Append a statement. A list among its parameters is an array."""
        self._steps.append(statement)
        self._parameters += [_array(value) if isinstance(value, list) else value for value in parameters]

    def commit(self) -> None:
        """Append the end of the transaction."""
        self._steps.append("COMMIT")

    def run(self, connection: Connection) -> Sequence[tuple]:
        """Run them in order; the rows of the last one, if any. Raises psycopg2's own errors, or DATABASE_AWAY.

        After an error the connection must be closed: it does not know what it has prepared.
        """
        prepared = connection.info.setdefault(PREPARED, set())
        # By psycopg2's cursor: SQLAlchemy would learn anew each time what columns there are.
        with connection.connection.cursor() as cursor:
            try:
                cursor.execute(";".join(self._texts(prepared)), self._parameters)
            except psycopg2.Error as error:
                if away := operational_error(error):
                    raise away from error
                raise
            return cursor.fetchall() if cursor.description else []

    def _texts(self, prepared: set[Statement]) -> Iterator[str]:
        for step in self._steps:
            if isinstance(step, str):
                yield step
                continue
            if step not in prepared:
                prepared.add(step)
                yield step.prepare
            yield step.execute


# Of a query whose columns are a list: their types are those of the models, not of the row.
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


@contextmanager
def autocommit(engine: Engine) -> Iterator[Connection]:
    """A connection on which each statement commits by itself, and scripts say BEGIN and COMMIT themselves.

    Nobody else knows of such a transaction, and nobody would roll it back: on any error the connection is closed.
    That it breaks when all has been done is no error.
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
            driver.close()  # type: ignore[union-attr]  # which SQLAlchemy leaves to chance once it is detached
            raise
        try:
            driver.autocommit = False  # type: ignore[union-attr]
        except psycopg2.Error:
            connection.invalidate()


def _array(values: list[Any]) -> str:
    """An array as PostgreSQL writes it: psycopg2 would adapt each element, and PostgreSQL parse each as SQL."""
    texts = [
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(texts) + "}"
