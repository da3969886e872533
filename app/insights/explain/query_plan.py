"""The tables that a query reads and the rows of each, from EXPLAIN ANALYZE."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from psycopg2.errors import QueryCanceled
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.insights.custom.query import Query

PARTITION = re.compile(r"events_[0-9]{8}")
MINUTES, EVENTS = "minute_counts", "events"
WORDS = {
    MINUTES: "sums of each minute, kept for each type of event",
    EVENTS: "the events themselves",
    "user_presence": "when each user was last seen",
    "session_presence": "when each session was last seen",
    "channels": "when each channel last had a message",
    "orchestrators": "the last state of each orchestrator",
    "tasks": "the state of each task",
    "message_deletions": "the messages that were taken back",
}


def rows_read(connection: Connection, query: Query) -> list[dict[str, Any]] | None:
    """Runs the query under EXPLAIN; `{table, words, rows}` of each table, None if it timed out."""
    explained = f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) {query.sql}"
    try:
        [[plan]] = connection.exec_driver_sql(explained, query.parameters).scalars()
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            return None
        raise
    rows: Counter[str] = Counter()
    for node in _nodes(plan["Plan"]):
        if table := node.get("Relation Name"):
            rows[EVENTS if PARTITION.fullmatch(table) else table] += _rows(node)
    return [{"table": table, "words": WORDS[table], "rows": rows[table]} for table in WORDS if table in rows]


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _rows(node: Mapping[str, Any]) -> int:
    """The rows that the node returned and those that its filter removed, in all its loops."""
    removed: float = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    returned: float = node["Actual Rows"]
    loops: int = node["Actual Loops"]
    rows: float = (returned + removed) * loops
    return round(rows)
