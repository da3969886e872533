"""Log positions: on one snapshot, the last sequence number of each workspace and the start of its local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.domain.instants import local_midnight
from app.insights.metrics.registry import SqlParameters, metric_parameters
from app.redis.counters import Mark

READ_ONLY_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# One round trip. The transaction that exported the snapshot must still be open.
IMPORT_SNAPSHOT = f"{READ_ONLY_SNAPSHOT}; SET TRANSACTION SNAPSHOT %s; SET LOCAL statement_timeout = %s"
LOG_POSITIONS = """
    SELECT w.id, w.timezone, h.epoch, h.last_seq FROM workspaces AS w
    JOIN event_heads AS h ON h.workspace_id = w.id WHERE w.id = ANY(%s::uuid[])
"""


class LogPosition(NamedTuple):
    """A workspace, the start of its local day (UTC), and the epoch and last sequence number of its log."""

    workspace_id: UUID
    midnight: datetime
    epoch: str
    seq: int

    @property
    def mark(self) -> Mark:
        """The mark that counters in Redis must have to be exact at this position."""
        return Mark(self.epoch, self.midnight, self.seq)


def read_log_positions(
    connection: Connection, workspaces: Iterable[UUID], now: datetime
) -> list[LogPosition]:
    """The positions of those workspaces that exist; later reads on this connection see the same snapshot."""
    connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
    rows = connection.exec_driver_sql(LOG_POSITIONS, (list(workspaces),))
    return [
        LogPosition(workspace, local_midnight(now, zone), epoch, seq) for workspace, zone, epoch, seq in rows
    ]


def parameters_at(positions: Iterable[LogPosition], now: datetime) -> SqlParameters:
    """The parameters of the metrics' queries, for these workspaces."""
    chosen = list(positions)
    return metric_parameters(
        (position.workspace_id for position in chosen), (position.midnight for position in chosen), now
    )
