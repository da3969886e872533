"""Decides what a commit does with the requests it has gathered: which events are new, repeats or conflicts.

Gathered under the locks of the workspaces' heads, so nobody else numbers events of theirs meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.domain.event import MAX_AHEAD, LoggedEvent, NewEvent, Receipt

EventKey = tuple[UUID, str]


class KnownEventId(NamedTuple):
    """An event id already in the log, and what it stood for."""

    seq: int
    fingerprint: bytes
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class EventIdConflict:
    """A request is refused whole: `index` is the item whose id stands for another event already."""

    index: int
    event_id: str


@dataclass(frozen=True, slots=True)
class WorkspaceGone:
    """The request's workspace no longer exists."""


@dataclass(frozen=True, slots=True)
class HeadAhead:
    """The request's log ends in the future, by the clock of the database: what came next would be filed there."""

    received_at: datetime


Outcome = list[Receipt] | EventIdConflict | WorkspaceGone | HeadAhead


def number_events(
    requests: Sequence[Sequence[NewEvent]],
    heads: Mapping[UUID, int],
    known: Mapping[EventKey, KnownEventId],
    received_at: datetime,
) -> tuple[list[Outcome], list[LoggedEvent]]:
    """An outcome for each request, and the events to append, numbered gap-free from each workspace's head.

    A request is not empty, belongs to one workspace and is all or nothing. An event that stands earlier in
    the same commit makes a later copy a repeat.
    """
    heads, known = dict(heads), dict(known)
    outcomes: list[Outcome] = []
    fresh: list[LoggedEvent] = []
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
) -> tuple[Outcome, list[LoggedEvent]]:
    receipts: list[Receipt] = []
    logged: dict[EventKey, LoggedEvent] = {}
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
        entry = LoggedEvent(seq, event, _occurred_at(event, received_at), fingerprint)
        logged[key] = entry
        receipts.append(Receipt(event.event_id, seq, entry.occurred_at))
    return receipts, list(logged.values())


def _occurred_at(event: NewEvent, received_at: datetime) -> datetime:
    # The worker that checked the timestamp may have a clock that is ahead of the database's.
    return min(event.timestamp, received_at + MAX_AHEAD) if event.timestamp else received_at


def _known_id(entry: LoggedEvent) -> KnownEventId:
    return KnownEventId(entry.seq, entry.fingerprint, entry.occurred_at)
