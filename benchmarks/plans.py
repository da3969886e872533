"""How PostgreSQL answers a query: which tables it reads, how many rows of them, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS) "
EXPLAIN_JSON = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
# Tables that grow with what is posted; `events` and `event_ids` are read by their partitions, events_20261127.
GROWING = (
    "annotations",
    "audit_entries",
    "event_ids",
    "message_deletions",
    "minute_counts",
    "roll_ups",
    "samples",
    "session_presence",
    "tasks",
)


class Scan(NamedTuple):
    """One table read: by which kind of scan, how often, how many rows and pages were looked at in all."""

    table: str
    kind: str
    loops: int
    rows: int
    pages: int

    @property
    def reads_all(self) -> bool:
        """Whether a table that grows, and is not empty, was read from end to end."""
        grows = self.table in GROWING or self.table.startswith(("events_", "event_ids_"))
        return grows and self.kind == "Seq Scan" and self.pages > 0


def scans(connection: Connection, query: str, parameters: Mapping[str, Any]) -> list[Scan]:
    """The scans of a query, which is run."""
    [plan] = connection.exec_driver_sql(EXPLAIN_JSON + query, parameters).scalar_one()
    return list(_scans(plan["Plan"]))


def explained(connection: Connection, query: str, parameters: Mapping[str, Any]) -> str:
    """The plan of a query, which is run, as PostgreSQL prints it."""
    return "\n".join(connection.exec_driver_sql(EXPLAIN + query, parameters).scalars())


def _scans(node: Mapping[str, Any]) -> Iterator[Scan]:
    if "Relation Name" in node or "Index Name" in node:
        rows = (
            node["Actual Rows"]
            + node.get("Rows Removed by Filter", 0)
            + node.get("Rows Removed by Index Recheck", 0)
        )
        pages = node.get("Shared Hit Blocks", 0) + node.get("Shared Read Blocks", 0)
        yield Scan(
            node.get("Relation Name", node.get("Index Name")),
            node["Node Type"],
            node["Actual Loops"],
            round(rows * node["Actual Loops"]),
            pages,
        )
    for inner in node.get("Plans", ()):
        yield from _scans(inner)
