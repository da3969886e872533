"""The news of a commit: for each workspace, a run of numbers and the frames that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from app.domain.event import NewEvent, event_frame
from app.ingest.transaction import Committed, Request


class Announcement(NamedTuple):
    """Frames numbered `first`, `first` + 1 … of one workspace's epoch."""

    workspace_id: UUID
    epoch: str
    first: int
    frames: list[bytes]


def announcements(requests: Sequence[Request], committed: Committed) -> list[Announcement]:
    """What a commit added, as runs without gaps; repeats are not news."""
    added: dict[UUID, dict[int, bytes]] = {}
    for request, outcome in zip(requests, committed.outcomes, strict=True):
        if not isinstance(outcome, list):
            continue
        for event, receipt in zip(request, outcome, strict=True):
            if not receipt.duplicate:
                epoch = committed.heads[event.workspace_id].epoch
                frame = _frame(epoch, event, receipt)
                added.setdefault(event.workspace_id, {})[receipt.seq] = frame
    return [
        run
        for workspace, frames in added.items()
        for run in _runs(workspace, committed.heads[workspace].epoch, frames)
    ]


def _frame(epoch, event: NewEvent, receipt) -> bytes:
    return event_frame(
        epoch, receipt.seq, event.event_type, event.user_id, receipt.occurred_at, receipt.event_id
    )


def _runs(workspace: UUID, epoch: str, frames: dict[int, bytes]) -> list[Announcement]:
    runs: list[Announcement] = []
    for seq in sorted(frames):
        if runs and runs[-1].first + len(runs[-1].frames) == seq:
            runs[-1].frames.append(frames[seq])
        else:
            runs.append(Announcement(workspace, epoch, seq, [frames[seq]]))
    return runs
