"""Where a figure comes from: which tables its query reads, and how many rows of each, as PostgreSQL counts."""

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
    """`{table, words, rows}` of each table that the query reads, run once more; None if that took too long."""
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
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows(node: Mapping[str, Any]) -> int:
    """Those that it gave and those that its filter turned away, in all its rounds."""
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])
