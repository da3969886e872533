"""Scripts: several prepared statements in one round trip to PostgreSQL, with BEGIN and COMMIT.

While a commit holds the heads' locks, every round trip keeps all other commits of its workspaces waiting, and in a
busy worker the answer has to wait for the event loop besides. The statements are prepared, because planning them
would cost PostgreSQL as much as executing them for a single event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, Row, Select

from app.postgres.link import driver_connection, operational_error

PARAMETER = re.compile(r"\$(\d+)")
PREPARED = "pulse: prepared statements"  # the key in a connection's info


class Statement:
    """A prepared statement: each connection prepares it at first use, so that PostgreSQL plans it only then.

    Parameters are `$1`, `$2` …, each with a cast to its type, `$1::uuid[]`. Names are unique: PostgreSQL refuses
    the name of another statement of the same connection.
    """

    def __init__(self, name: str, text: str):
        count = max(map(int, PARAMETER.findall(text)))
        # psycopg2 takes `%` in any text for a parameter of its own.
        self.prepare = f"PREPARE {name} AS {text}".replace("%", "%%")
        self.execute = f"EXECUTE {name} ({', '.join(['%s'] * count)})"


class Script:
    """Statements to run in order; each sees the effects of those before it."""

    def __init__(self) -> None:
        self._steps: list[str | Statement] = []
        self._parameters: list[Any] = []

    def begin(self, *, lock_timeout_ms: int | None = None) -> None:
        """Append BEGIN, with a lock time-out for this transaction if it differs from the connection's."""
        self._steps.append("BEGIN")
        if lock_timeout_ms is not None:
            self._steps.append(f"SET LOCAL lock_timeout = {lock_timeout_ms}")

    def add(self, statement: Statement, *parameters: Any) -> None:
        """Append a statement; lists among its parameters become arrays."""
        self._steps.append(statement)
        self._parameters += [_array(value) if isinstance(value, list) else value for value in parameters]

    def commit(self) -> None:
        """Append COMMIT."""
        self._steps.append("COMMIT")

    def run(self, connection: Connection) -> Sequence[tuple[Any, ...]]:
        """Run them in order; returns the rows of the last one, if any. Raises psycopg2's errors, or DATABASE_AWAY.

        After an error the connection must be closed: its list of prepared statements may be wrong.
        """
        prepared = connection.info.setdefault(PREPARED, set())
        # psycopg2's cursor: SQLAlchemy would describe the columns of the result each time.
        with closing(connection.connection.cursor()) as cursor:
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
    """A connection on which each statement commits by itself; scripts contain BEGIN and COMMIT.

    SQLAlchemy does not track such a transaction, so after an error the connection is closed instead of pooled. A
    failure after COMMIT is ignored.
    """
    with engine.connect() as connection:
        # Not by SQLAlchemy's isolation level: it resets that explicitly, and from then on psycopg2 sends it to the
        # server, in a round trip, whenever this connection leaves autocommit.
        driver = driver_connection(connection)
        driver.autocommit = True
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            driver.close()  # SQLAlchemy leaves that to garbage collection once the connection is detached
            raise
        try:
            driver.autocommit = False
        except psycopg2.Error:
            connection.invalidate()


def _array(values: list[Any]) -> str:
    """An array literal: psycopg2 would adapt each element, and PostgreSQL parse each as SQL."""
    texts = [
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    ]
    return "{" + ",".join(texts) + "}"
