"""Figures on demand, for snapshots and for new streams in workspaces without a recent tick.

Requests that arrive during a computation share the next one: a hundred dashboards that open at once cost two
computations, and no request gets figures from before it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from app.background.coalescing import Coalescer
from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.errors import NotFound
from app.insights.tick.collector import Compute


class StatsOnDemand:
    """One worker's computations on demand; `store` receives each result, for the requests that follow."""

    def __init__(self, compute: Compute, store: Callable[[UUID, Stats], None]):
        self._compute = compute
        self._store = store
        self._requests: Coalescer[UUID, Stats | None] = Coalescer(self._compute_all)

    def get(self, workspace: UUID) -> Stats:
        """The workspace's figures, computed after the call; raises NotFound if it does not exist."""
        stats = self._requests.get(workspace)
        if stats is None:
            raise NotFound
        return stats

    def _compute_all(self, workspaces: Sequence[UUID]) -> list[Stats | None]:
        found = self._compute(dict.fromkeys(workspaces), to_millisecond(datetime.now(UTC)))
        for workspace, stats in found.items():
            self._store(workspace, stats)
        return [found.get(workspace) for workspace in workspaces]
