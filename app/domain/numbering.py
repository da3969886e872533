"""Assigns sequence numbers in a group commit, and decides which events are new, duplicates or conflicts.

Called while the workspaces' heads are locked, so that no other commit numbers events of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.event import MAX_AHEAD, NewEvent, NumberedEvent, Receipt

EventKey = tuple[UUID, str]


class KnownEventId(NamedTuple):
    """An event id that is already in the log, with its event's number, fingerprint and time."""

    seq: int
    fingerprint: bytes
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class EventIdConflict:
    """The whole request is refused: the id of the item at `index` belongs to another event."""

    index: int
    event_id: str


@dataclass(frozen=True, slots=True)
class WorkspaceGone:
    """The request's workspace no longer exists."""


@dataclass(frozen=True, slots=True)
class HeadAhead:
    """The log's last event was received in the future, by the database's clock: the next would precede it."""

    received_at: datetime


Outcome = list[Receipt] | EventIdConflict | WorkspaceGone | HeadAhead


def number_events(
    requests: Sequence[Sequence[NewEvent]],
    heads: Mapping[UUID, int],
    known: Mapping[EventKey, KnownEventId],
    received_at: datetime,
) -> tuple[list[Outcome], list[NumberedEvent]]:
    """An outcome for each request, and the events to append, numbered gap-free from each workspace's head.

    A request is not empty, belongs to one workspace and is all or nothing. A copy of an event that is earlier in
    the same commit is a duplicate.
    """
    heads, known = dict(heads), dict(known)
    outcomes: list[Outcome] = []
    fresh: list[NumberedEvent] = []
    for request in requests:
        outcome, logged = _number_request(request, heads, known, received_at)
        outcomes.append(outcome)
        for entry in logged:  # only an accepted request moves the heads
            heads[entry.event.workspace_id] = entry.seq
            known[entry.event.workspace_id, entry.event.event_id] = _known_id(entry)
        fresh += logged
    return outcomes, fresh


def _number_request(
    request: Sequence[NewEvent],
    heads: Mapping[UUID, int],
    known: Mapping[EventKey, KnownEventId],
    received_at: datetime,
) -> tuple[Outcome, list[NumberedEvent]]:
    receipts: list[Receipt] = []
    logged: dict[EventKey, NumberedEvent] = {}
    if request[0].workspace_id not in heads:
        return WorkspaceGone(), []
    for index, event in enumerate(request):
        key, fingerprint = (event.workspace_id, event.event_id), event.fingerprint()
        earlier, name = (_known_id(logged[key]) if key in logged else known.get(key)), event.event_id
        if earlier is None and event.former_id:
            earlier, name = known.get((event.workspace_id, event.former_id)), event.former_id
        if earlier and earlier.fingerprint != fingerprint:
            return EventIdConflict(index, name), []
        if earlier:
            receipts.append(Receipt(name, earlier.seq, earlier.occurred_at, duplicate=True))
            continue
        seq = heads[event.workspace_id] + len(logged) + 1
        entry = NumberedEvent(seq, event, _occurred_at(event, received_at), fingerprint)
        logged[key] = entry
        receipts.append(Receipt(event.event_id, seq, entry.occurred_at))
    return receipts, list(logged.values())


def _occurred_at(event: NewEvent, received_at: datetime) -> datetime:
    # The worker that checked the timestamp may have a clock that is ahead of the database's.
    return min(event.timestamp, received_at + MAX_AHEAD) if event.timestamp else received_at


def _known_id(entry: NumberedEvent) -> KnownEventId:
    return KnownEventId(entry.seq, entry.fingerprint, entry.occurred_at)
