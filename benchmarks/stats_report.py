"""What `make bench-stats` found, as tables and targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.report import table

Row = Mapping[str, Any]

SIZES = {
    "workspaces": "workspaces",
    "streams": "streams",
    "queries": "queries a tick",
    "rows": "rows read",
    "tick_ms": "tick, ms",
}
LOG = {
    "events": "events",
    "tick_ms": "tick, ms",
    "rows": "rows read",
    "pages": "pages",
    "source_100_ms": "source system's way, 100 streams, ms",
    "ratio": "ratio",
    "history_p95_ms": "a month of history, p95 ms",
}
Target = tuple[str, bool, str]  # what was wanted, whether it is met, what was found


def tables(sizes: Sequence[Row], logs: Mapping[str, Row]) -> str:
    """Ticks by workspaces and streams, ticks by size of the log, and how the largest log was read."""
    by_log = [[name, *(row[column] for column in LOG)] for name, row in logs.items()]
    return "\n\n".join(
        (
            table([*SIZES.values()], [[row[column] for column in SIZES] for row in sizes]),
            table(["log", *LOG.values()], by_log),
            table(
                ["read", "scan", "rows", "pages"],
                [[scan.table, scan.kind, scan.rows, scan.pages] for scan in _largest(logs)["scans"]],
            ),
        )
    )


def targets(sizes: Sequence[Row], logs: Mapping[str, Row]) -> list[Target]:
    """What was wanted, and what came of it."""
    queries = {row["queries"] for row in sizes}
    ticks = [row["tick_ms"] for row in logs.values()]
    long = [scan for row in logs.values() for scan in row["scans"] if scan.reads_all]
    history = _largest(logs)["history_p95_ms"]
    million = logs["1 million"]
    return [
        ("queries a tick do not grow", len(queries) == 1, str(queries)),
        ("largest log at most 2 × the smallest", ticks[-1] <= 2 * ticks[0], f"{ticks[-1] / ticks[0]:.2f} ×"),
        ("no sequential scan of a table that grows", not long, str(long or "none")),
        ("a month of history, p95 < 50 ms", history < 50, f"{history:.1f} ms"),
        (
            "less than the source system's way at 100 streams and 1 million events",
            million["ratio"] > 1,
            f"{million['ratio']:,.0f} × less",
        ),
    ]


def _largest(logs: Mapping[str, Row]) -> Row:
    return [*logs.values()][-1]
