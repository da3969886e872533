"""The news of a commit: for each workspace, a run of numbers, the frames that tell of them, and their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.event import NewEvent, Receipt, event_frame
from app.domain.instants import minute_of
from app.ingest.transaction import Committed, Request


class Announcement(NamedTuple):
    """Frames numbered `first`, `first` + 1 … of one workspace's epoch; how many events by minute and type."""

    workspace_id: UUID
    epoch: str
    first: int
    frames: list[bytes]
    counts: Counter[tuple[datetime, str]]


def announcements(requests: Sequence[Request], committed: Committed) -> list[Announcement]:
    """What a commit added, as runs without gaps; repeats are not news."""
    added: dict[UUID, dict[int, tuple[NewEvent, Receipt]]] = {}
    for request, outcome in zip(requests, committed.outcomes, strict=True):
        if not isinstance(outcome, list):
            continue
        for event, receipt in zip(request, outcome, strict=True):
            if not receipt.duplicate:
                added.setdefault(event.workspace_id, {})[receipt.seq] = event, receipt
    return [
        run
        for workspace, events in added.items()
        for run in _runs(workspace, committed.heads[workspace].epoch, events)
    ]


def _runs(workspace: UUID, epoch: str, events: dict[int, tuple[NewEvent, Receipt]]) -> list[Announcement]:
    runs: list[Announcement] = []
    for seq in sorted(events):
        if not runs or runs[-1].first + len(runs[-1].frames) != seq:
            runs.append(Announcement(workspace, epoch, seq, [], Counter()))
        event, receipt = events[seq]
        runs[-1].frames.append(_frame(epoch, event, receipt))
        runs[-1].counts[minute_of(receipt.occurred_at), event.event_type] += 1
    return runs


def _frame(epoch: str, event: NewEvent, receipt: Receipt) -> bytes:
    return event_frame(
        epoch, receipt.seq, event.event_type, event.user_id, receipt.occurred_at, receipt.event_id
    )
