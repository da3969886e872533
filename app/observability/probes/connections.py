"""Connection budget: has PostgreSQL as many connections as all workers open in a rush?

Where it has fewer, requests are refused as if the database were away, for as long as the rush lasts.
"""

from __future__ import annotations

from app.observability.probes.finding import Finding
from app.postgres.engines import CONNECTIONS_PER_WORKER


def examine_connections(slots: int, workers: int) -> Finding:
    """Compare what ordinary roles may open with what this machine's workers may want."""
    wanted = workers * CONNECTIONS_PER_WORKER
    words = f"{slots} for ordinary roles, up to {wanted} wanted by {workers} workers"
    if slots >= wanted:
        return Finding("Connections", words)
    remedy = f"max_connections = {wanted + 10} or more for each machine, or fewer WEB_CONCURRENCY"
    return Finding("Connections", words, remedy)
