"""What PostgreSQL takes of bare rows: one multi-row INSERT a transaction, into a table like `events`."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import psycopg2
from psycopg2.extras import execute_values, register_uuid

INSERT = """
    INSERT INTO raw_events (workspace_id, seq, received_at, event_id, event_type, event_data, user_id, session_id,
                            occurred_at)
    VALUES %s
"""
CREATE = """
    DROP TABLE IF EXISTS raw_events;
    CREATE TABLE raw_events (LIKE events INCLUDING ALL) PARTITION BY RANGE (received_at);
    CREATE TABLE raw_events_all PARTITION OF raw_events DEFAULT
"""


def rows_per_second(url: str, size: int, seconds: float) -> float:
    """Rows a second over one connection, `size` rows a transaction. Making the rows is not counted."""
    register_uuid()
    with contextlib.closing(psycopg2.connect(url)) as connection:
        _run(connection, CREATE)
        spent, inserted, batches = 0.0, 0, _batches(size)
        while spent < seconds:
            batch = next(batches)
            started = time.perf_counter()
            _insert(connection, batch)
            spent += time.perf_counter() - started
            inserted += size
    return inserted / spent


def _insert(connection, rows: list[tuple]) -> None:
    with connection, connection.cursor() as cursor:
        execute_values(cursor, INSERT, rows, page_size=len(rows))


def _run(connection, statement: str) -> None:
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _batches(size: int) -> Iterator[list[tuple]]:
    workspace, user, numbers = uuid.uuid4(), uuid.uuid4(), count(1)
    while True:
        now = datetime.now(UTC)
        yield [
            (workspace, seq, now, _event_id(), "message.sent", _data(seq), user, "s-benchmark", now)
            for seq in (next(numbers) for _ in range(size))
        ]


def _event_id() -> str:
    return str(uuid.UUID(int=secrets.randbits(128)))


def _data(seq: int) -> str:
    return json.dumps({"messageId": f"m-{seq:09d}", "channelId": "general"})
