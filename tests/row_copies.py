"""Rows that most tests begin with: the app makes them once a process, and then one statement stores them again.

The app takes a dozen transactions to make a workspace with its members. Tests that share rows would share what
the app remembers by id as well, so every copy has ids and a log of its own, and was made just now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, Table, text

from app.extensions import db
from app.workspaces.workspace import new_epoch

FRESH = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r'|"(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*\+00:00)"'
    r'|(?<="epoch":)"(?P<epoch>[0-9a-f]{8})"'
)


class RowCopies:
    """All rows of a database, to be stored again in its tables once these are empty."""

    def __init__(self, engine: Engine):
        self._read_at = datetime.now(UTC)
        self._script = ";".join(_inserts(engine))

    def store(self, engine: Engine) -> dict[UUID, UUID]:
        """Store them with new ids, as old as they were when they were read; returns the new ids by the old."""
        ids: dict[str, str] = {}
        age = datetime.now(UTC) - self._read_at

        def fresh(found: re.Match[str]) -> str:
            if found["id"]:
                return ids.setdefault(found["id"], str(uuid4()))
            if found["epoch"]:
                return f'"{new_epoch()}"'
            return f'"{(datetime.fromisoformat(found["moment"]) + age).isoformat()}"'

        with engine.begin() as connection:
            connection.exec_driver_sql(FRESH.sub(fresh, self._script))
        return {UUID(old): UUID(new) for old, new in ids.items()}


def _inserts(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            rows = connection.execute(text(f"SELECT json_agg(t)::text FROM {table} AS t")).scalar_one()  # noqa: S608
            if rows:
                names, quoted = ", ".join(_stored(table)), rows.replace("'", "''")
                source = f"json_populate_recordset(NULL::{table}, '{quoted}')"
                yield f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}"  # noqa: S608


def _stored(table: Table) -> list[str]:
    """The columns that PostgreSQL does not fill by itself."""
    return [column.name for column in table.columns if not column.computed and not column.identity]
