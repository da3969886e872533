"""Counter repair: compares the counters in Redis with the minute sums, and corrects them.

They are comparable only at the same sequence number, so Redis is read first, then PostgreSQL in one snapshot.
Counters that are absent or behind are set to the snapshot's sums, with its sequence number; commits after that
are added by number, so none is lost. Counters that differ at the same number, or are ahead, are corrupt.
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

INTERVAL = 60.0  # seconds
PAGE_SIZE = 200  # workspaces
MAX_ATTEMPTS = 3  # in a busy workspace the two rarely stand at the same number
NEXT_PAGE = "SELECT id FROM workspaces WHERE id > %s ORDER BY id LIMIT %s"


class CounterRepair:
    """Remembers verified counters, so that those that have not changed since are not summed up again."""

    def __init__(self, engine: Engine, counters: Counters):
        self._engine = engine
        self._counters = counters
        self._verified: dict[UUID, Counted] = {}

    def repair(self, now: datetime) -> None:
        """Compare and correct the counters of all workspaces; `now` decides which day it is."""
        previous, self._verified = self._verified, {}
        for page in self._pages():
            remaining: Sequence[UUID] = page
            for _ in range(MAX_ATTEMPTS):
                if remaining:
                    remaining = self._compare(remaining, previous, now)

    def _compare(
        self, workspaces: Sequence[UUID], previous: Mapping[UUID, Counted], now: datetime
    ) -> list[UUID]:
        """Correct what differs; returns the workspaces that differed, to be compared again."""
        held = self._counters.read(workspaces)  # before the snapshot, or it could be ahead of it
        unchanged = {ws: counted for ws, counted in held.items() if counted == previous.get(ws)}
        truth = self._sum_up(workspaces, unchanged, now)
        wrong = {ws: counted for ws, counted in truth.items() if not _agree(held.get(ws), counted)}
        self._verified |= {ws: counted for ws, counted in truth.items() if ws not in wrong}
        self._correct(held, wrong)
        self._begin_epochs(held, truth)
        return list(wrong)

    def _correct(self, held: Mapping[UUID, Counted], truth: Mapping[UUID, Counted]) -> None:
        corrupt = [ws for ws, counted in truth.items() if ws in held and held[ws].contradicts(counted)]
        for workspace in corrupt:
            log.warning("the counts of workspace %s were wrong", workspace)
        self._counters.drop(corrupt)
        self._counters.put(truth)

    def _begin_epochs(self, held: Mapping[UUID, Counted], truth: Mapping[UUID, Counted]) -> None:
        """Begin a new epoch for logs whose head is below what Redis has seen: the database was restored.

        Only where the role may not read the log's identity, which shows a restore more reliably.
        """
        fallen = {
            workspace: counted.mark.epoch
            for workspace, counted in truth.items()
            if workspace in held
            and held[workspace].mark.epoch == counted.mark.epoch
            and held[workspace].mark.seq > counted.mark.seq
        }
        if fallen and not identity.is_readable(self._engine):
            identity.renew_epochs(self._engine, fallen)

    def _sum_up(
        self, workspaces: Sequence[UUID], unchanged: Mapping[UUID, Counted], now: datetime
    ) -> dict[UUID, Counted]:
        with self._engine.connect() as connection:
            positions = read_log_positions(connection, workspaces, now)
            settled = {
                position.workspace_id: unchanged[position.workspace_id]
                for position in positions
                if position.workspace_id in unchanged
                and unchanged[position.workspace_id].mark == position.mark
            }
            open_ = [position for position in positions if position.workspace_id not in settled]
            metric = METRICS["eventCounts"]
            sums = query_metric(connection, parameters_at(open_, now), metric) if open_ else {}
        return settled | {
            position.workspace_id: Counted(position.mark, sums.get(position.workspace_id, {}))
            for position in open_
        }

    def _pages(self) -> Iterator[list[UUID]]:
        page = [UUID(int=0)]
        while page:
            with self._engine.connect() as connection:
                rows = connection.exec_driver_sql(NEXT_PAGE, (page[-1], PAGE_SIZE))
                page = [workspace for (workspace,) in rows]
            yield page


def _agree(held: Counted | None, truth: Counted) -> bool:
    # Absent counters agree with a day without events: nothing needs to be written for it.
    return held == truth if held else not truth.counts
