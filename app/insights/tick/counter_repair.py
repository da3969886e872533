"""The reconciler: compares the counts in Redis with the minute sums, and repairs them.

They can be compared at the same number of the log only, so Redis is read with its number, and then PostgreSQL in
one snapshot. What is absent or behind is put anew, at its number; no commit gets lost by that, for those
after it are added by number. What differs at the same number, or is ahead, has been tampered with, or restored.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from app.event_log import identity
from app.insights.metrics.registry import METRICS, query_metric
from app.insights.tick.log_positions import parameters_at, read_log_positions
from app.redis.counters import Counted, Counters

log = logging.getLogger(__name__)

PAGE = 200  # workspaces compared at a time
TRIES = 3  # a busy workspace is rarely caught at rest
NEXT = "SELECT id FROM workspaces WHERE id > %s ORDER BY id LIMIT %s"


class CounterRepair:
    """Remembers what was right, so that what has not changed since is not summed up again."""

    def __init__(self, engine: Engine, counters: Counters):
        self._engine = engine
        self._counters = counters
        self._right: dict[UUID, Counted] = {}

    def repair(self, now: datetime) -> None:
        """Compare and repair the counts of all workspaces; `now` decides which day it is."""
        known, self._right = self._right, {}
        for page in self._pages():
            left: Sequence[UUID] = page
            for _ in range(TRIES):
                if left:
                    left = self._compare(left, known, now)

    def _compare(
        self, workspaces: Sequence[UUID], known: Mapping[UUID, Counted], now: datetime
    ) -> list[UUID]:
        """Repair what is not right; returns which those are, for another look."""
        held = self._counters.read(workspaces)  # before the snapshot, or it could be ahead of it
        truth = self._sum_up(
            workspaces, {ws: kept for ws, kept in held.items() if kept == known.get(ws)}, now
        )
        off = {ws: counted for ws, counted in truth.items() if not _agree(held.get(ws), counted)}
        self._right |= {ws: counted for ws, counted in truth.items() if ws not in off}
        self._repair(held, off)
        self._begin_epochs(held, truth)
        return list(off)

    def _repair(self, held: Mapping[UUID, Counted], truth: Mapping[UUID, Counted]) -> None:
        wrong = [ws for ws, counted in truth.items() if ws in held and held[ws].contradicts(counted)]
        for workspace in wrong:
            log.warning("the counts of workspace %s were wrong", workspace)
        self._counters.drop(wrong)
        self._counters.put(truth)

    def _begin_epochs(self, held: Mapping[UUID, Counted], truth: Mapping[UUID, Counted]) -> None:
        """Where the identity of the log cannot be read, a head below what Redis has seen is another log's."""
        fallen = {
            workspace: counted.mark.epoch
            for workspace, counted in truth.items()
            if workspace in held
            and held[workspace].mark.epoch == counted.mark.epoch
            and held[workspace].mark.seq > counted.mark.seq
        }
        if fallen and not identity.is_readable(self._engine):
            identity.renew(self._engine, fallen)

    def _sum_up(
        self, workspaces: Sequence[UUID], unchanged: Mapping[UUID, Counted], now: datetime
    ) -> dict[UUID, Counted]:
        with self._engine.connect() as connection:
            places = read_log_positions(connection, workspaces, now)
            settled = {
                place.workspace_id: unchanged[place.workspace_id]
                for place in places
                if place.workspace_id in unchanged and unchanged[place.workspace_id].mark == place.mark
            }
            open_ = [place for place in places if place.workspace_id not in settled]
            sums = (
                query_metric(connection, parameters_at(open_, now), METRICS["eventCounts"]) if open_ else {}
            )
        summed = {
            place.workspace_id: Counted(place.mark, sums.get(place.workspace_id, {})) for place in open_
        }
        return settled | summed

    def _pages(self) -> Iterator[list[UUID]]:
        page = [UUID(int=0)]
        while page:
            with self._engine.connect() as connection:
                rows = connection.exec_driver_sql(NEXT, (page[-1], PAGE))
                page = [workspace for (workspace,) in rows]
            yield page


def _agree(held: Counted | None, truth: Counted) -> bool:
    # Nobody needs to be told in Redis that nothing happened.
    return held == truth if held else not truth.counts
