"""Where workspaces stand at a moment, on one snapshot: how far their logs go, and when their days began."""

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
# One round trip; the snapshot is that of another transaction, which must not have ended.
IMPORT_SNAPSHOT = f"{READ_ONLY_SNAPSHOT}; SET TRANSACTION SNAPSHOT %s; SET LOCAL statement_timeout = %s"
LOG_POSITIONS = """
    SELECT w.id, w.timezone, h.epoch, h.last_seq FROM workspaces AS w
    JOIN event_heads AS h ON h.workspace_id = w.id WHERE w.id = ANY(%s::uuid[])
"""


class LogPosition(NamedTuple):
    """A workspace, when its local day began, and where its log ends."""

    workspace_id: UUID
    midnight: datetime
    epoch: str
    seq: int

    @property
    def mark(self) -> Mark:
        """What counts of the day must be of, to be exact here."""
        return Mark(self.epoch, self.midnight, self.seq)


def read_log_positions(
    connection: Connection, workspaces: Iterable[UUID], now: datetime
) -> list[LogPosition]:
    """Those of the workspaces that exist; what is read on this connection afterwards is of the same snapshot."""
    connection.exec_driver_sql(READ_ONLY_SNAPSHOT)
    rows = connection.exec_driver_sql(LOG_POSITIONS, (list(workspaces),))
    return [
        LogPosition(workspace, local_midnight(now, zone), epoch, seq) for workspace, zone, epoch, seq in rows
    ]


def parameters_at(places: Iterable[LogPosition], now: datetime) -> SqlParameters:
    """What the queries of the metrics take."""
    chosen = list(places)
    return metric_parameters(
        (place.workspace_id for place in chosen), (place.midnight for place in chosen), now
    )
