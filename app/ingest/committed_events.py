"""What a commit added: for each workspace, the message that streams get, and counts for Redis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.event import NewEvent, Receipt, event_frame
from app.domain.instants import minute_of
from app.ingest.transaction import Committed, Request
from app.redis.bus_messages import EventsAppended


class CommittedEvents(NamedTuple):
    """A run of new events of one workspace: the message for its streams, and the counts by minute and type."""

    appended: EventsAppended
    counts: Counter[tuple[datetime, str]]


def committed_events(requests: Sequence[Request], committed: Committed) -> list[CommittedEvents]:
    """The new events of a commit, as runs without gaps; repeated posts add nothing."""
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


def _runs(workspace: UUID, epoch: str, events: dict[int, tuple[NewEvent, Receipt]]) -> list[CommittedEvents]:
    runs: list[CommittedEvents] = []
    for seq in sorted(events):
        if not runs or runs[-1].appended.last + 1 != seq:
            runs.append(CommittedEvents(EventsAppended(workspace, epoch, seq, []), Counter()))
        event, receipt = events[seq]
        runs[-1].appended.frames.append(_frame(epoch, event, receipt))
        runs[-1].counts[minute_of(receipt.occurred_at), event.event_type] += 1
    return runs


def _frame(epoch: str, event: NewEvent, receipt: Receipt) -> bytes:
    return event_frame(
        epoch,
        receipt.seq,
        event.event_type,
        event.user_id,
        receipt.occurred_at,
        receipt.event_id,
        event.event_data,
    )
