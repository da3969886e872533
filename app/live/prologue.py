"""How a stream begins: where in the log it starts, and the first frames that say so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.instants import iso
from app.domain.stats import MetricNames, Stats

MAX_REPLAY = 10_000  # events; who missed more reloads the snapshot


def start_of(asked: Cursor | None, head: Cursor) -> tuple[Cursor, bool]:
    """The cursor a stream starts from, and whether that is a reset: what was asked for cannot be resumed."""
    if asked is None:
        return head, False
    resumable = asked.epoch == head.epoch and head.seq - MAX_REPLAY <= asked.seq <= head.seq
    return (asked, False) if resumable else (head, True)


def prologue(
    *,
    connection_id: str,
    workspace_id: UUID,
    now: Any,
    start: Cursor,
    reset: bool,
    stats: Stats,
    metrics: MetricNames | None,
    intervals: dict[str, float],
    retry: int,
) -> bytes:
    """The frames `connected`, `stats` and, where the cursor could not be resumed, `reset`."""
    connected = {
        "connectionId": connection_id,
        "workspaceId": str(workspace_id),
        "timestamp": iso(now),
        "lastEventId": str(start),
        **{name: int(value) if value == int(value) else value for name, value in intervals.items()},
    }
    frames = [sse.frame("connected", connected, retry=retry), stats.frame(metrics)]
    if reset:
        frames.append(sse.frame("reset", {"lastEventId": str(start), "timestamp": iso(now)}, id=str(start)))
    return b"".join(frames)
