"""Figures on demand, for snapshots and new streams where nobody has ticked lately.

Who asks while a computation runs shares the next one with everybody else who asked meanwhile: a hundred dashboards
that open at once cost two computations, and nobody gets figures from before they asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import gevent
from gevent.event import AsyncResult

from app.domain.instants import to_millisecond
from app.domain.stats import Stats
from app.errors import NotFound
from app.insights.tick.collector import Compute


class StatsOnDemand:
    """One worker's computations on demand. `keep` is given each result, for whoever asks next."""

    def __init__(self, compute: Compute, keep: Callable[[UUID, Stats], None]):
        self._compute = compute
        self._keep = keep
        self._waiting: dict[UUID, AsyncResult] = {}
        self._running = False

    def get(self, workspace: UUID) -> Stats:
        """The workspace's figures as of now or a moment later; raises NotFound if it does not exist."""
        answer = self._waiting.setdefault(workspace, AsyncResult())
        if not self._running:
            self._running = True
            gevent.spawn(self._run)
        return answer.get()

    def _run(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                self._answer(asked)
        finally:
            self._running = False

    def _answer(self, asked: dict[UUID, AsyncResult]) -> None:
        try:
            found = self._compute(list(asked), to_millisecond(datetime.now(UTC)))
        except BaseException as error:
            for answer in asked.values():
                answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for workspace, answer in asked.items():
            if stats := found.get(workspace):
                self._keep(workspace, stats)
                answer.set(stats)
            else:
                answer.set_exception(NotFound())
