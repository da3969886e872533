"""The transaction of a commit: makes the events of several requests durable, numbered and counted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg2
from psycopg2.errors import CheckViolation
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.domain.effects import effects_of, message_of
from app.domain.event import NewEvent, NumberedEvent
from app.domain.instants import iso
from app.domain.numbering import HeadAhead, Outcome, number_events
from app.event_log import append, partitions
from app.event_log import heads as log_heads
from app.event_log import identity as log_identity
from app.event_log.append import LockedHead, LockedLog
from app.event_log.identity import IdentityChanged
from app.ingest import projections
from app.logs.repeated_log import RepeatedLog
from app.postgres import clocks
from app.postgres.statements import Script, autocommit

_refused_log = RepeatedLog(logging.getLogger(__name__))

Request = Sequence[NewEvent]  # the events of one HTTP request: one workspace, all or nothing
PARTITION_DAYS = 3
# How far the time of a log's last event may lie ahead. Events stored after it would be filed days apart from their
# neighbours, and be dropped at another time.
MAX_HEAD_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Committed:
    """Each request's outcome, and the heads as they were locked (their epochs still hold)."""

    outcomes: list[Outcome]
    heads: dict[UUID, LockedHead]

    def reclaim(self, interrupted: Committed) -> Committed:
        """Of a commit that repeats an interrupted one: what that one had stored is no duplicate."""
        pairs = zip(self.outcomes, interrupted.outcomes, strict=True)
        return replace(self, outcomes=[_reclaim(now, before) for now, before in pairs])


class Interrupted(Exception):
    """The connection broke while COMMIT was on its way; the argument is what may have been committed."""

    def __init__(self, maybe: Committed):
        super().__init__("the outcome of a commit is unknown")
        self.maybe = maybe


def commit(
    engine: Engine, requests: Sequence[Request], received_at: datetime | None = None, *, wait: bool = True
) -> Committed:
    """Append the requests' events and return once PostgreSQL has them on disk; may raise Interrupted.

    `received_at` is now, by the database's clock, if not given. Without `wait`, workspaces whose heads are locked
    are skipped: they are missing in the `heads`, and their requests in the outcomes, as is a workspace that was
    deleted.
    """
    try:
        return _commit_into_partitions(engine, requests, received_at, wait)
    except IdentityChanged:
        log_identity.renew_epochs(engine)
        return _commit_into_partitions(engine, requests, received_at, wait)


def _commit_into_partitions(
    engine: Engine, requests: Sequence[Request], received_at: datetime | None, wait: bool
) -> Committed:
    try:
        return _commit(engine, requests, received_at, wait)
    except CheckViolation:  # what a row without a partition raises
        workspaces = {request[0].workspace_id for request in requests}
        with engine.begin() as connection:
            now = received_at or clocks.database_now(connection)
            latest = log_heads.latest_received_at(connection, workspaces, now + MAX_HEAD_AHEAD)
            partitions.create(connection, max(now, latest or now).astimezone(UTC).date(), PARTITION_DAYS)
        return _commit(engine, requests, received_at, wait)


def _commit(
    engine: Engine, requests: Sequence[Request], received_at: datetime | None, wait: bool
) -> Committed:
    events = [event for request in requests for event in request]
    keys = [(event.workspace_id, event.event_id) for event in events]
    keys += [(event.workspace_id, event.former_id) for event in events if event.former_id]
    with autocommit(engine) as connection:
        messages = [key for event in events if (key := message_of(event))]
        locked = append.lock_heads(connection, keys, messages, wait=wait, received_at=received_at)
        now = received_at or locked.now or datetime.now(UTC)  # no matter which where there is no head
        if not wait:
            requests = [request for request in requests if request[0].workspace_id in locked.heads]
        ahead = _heads_ahead(locked, now)
        seqs = {workspace: head.seq for workspace, head in locked.heads.items() if workspace not in ahead}
        outcomes, fresh = number_events(requests, seqs, locked.known, now)
        if ahead:
            outcomes = [
                ahead.get(request[0].workspace_id, outcome)
                for request, outcome in zip(requests, outcomes, strict=True)
            ]
        committed = Committed(outcomes, locked.heads)
        try:
            _append(connection, fresh, locked, now)
        except (DBAPIError, psycopg2.Error) as error:
            if _is_refusal(error):
                raise
            raise Interrupted(committed) from error
    return committed


def _heads_ahead(locked: LockedLog, now: datetime) -> dict[UUID, HeadAhead]:
    latest = now + MAX_HEAD_AHEAD
    ahead = {
        workspace: HeadAhead(head.received_at)
        for workspace, head in locked.heads.items()
        if head.received_at and head.received_at > latest
    }
    for workspace, head in ahead.items():
        _refused_log.warning(
            f"commit refused: the last event of workspace {workspace} was received at {iso(head.received_at)},"
            " ahead of the database's clock: correct the clock that is wrong, or see `flask events redate`"
        )
    return ahead


def _append(
    connection: Connection, fresh: Sequence[NumberedEvent], locked: LockedLog, received_at: datetime
) -> None:
    """Write the new events and commit, in one round trip unless messages are to be retracted."""
    script = Script()
    if fresh:
        # The clock may have gone back a little, or be that of another server now.
        moved = {entry.event.workspace_id for entry in fresh}
        latest = max(
            received_at, *(locked.heads[workspace].received_at or received_at for workspace in moved)
        )
        effects = effects_of(fresh)
        identity = next(iter(locked.heads.values())).identity  # all heads are in one table
        append.append(script, fresh, latest, identity)
        projections.write(script, effects, latest)
        if effects.deleted or locked.deleted:
            script.run(connection)
            projections.retract(connection, effects, locked.deleted, _first_seqs(fresh), received_at)
            script = Script()
    script.commit()
    script.run(connection)


def _is_refusal(error: Exception) -> bool:
    """Whether PostgreSQL refused a statement, so that nothing can have been committed.

    A broken connection proves nothing, and a server that shuts down (57P) may have committed before.
    """
    code = getattr(getattr(error, "orig", error), "pgcode", None)
    return code is not None and not code.startswith(("08", "57P"))


def _reclaim(now: Outcome, before: Outcome) -> Outcome:
    if not (isinstance(now, list) and isinstance(before, list)):
        return now
    # Number and time are those that are stored: it may have been a third attempt that did it.
    return [
        receipt._replace(duplicate=earlier.duplicate) if receipt.seq == earlier.seq else receipt
        for receipt, earlier in zip(now, before, strict=True)
    ]


def _first_seqs(fresh: Iterable[NumberedEvent]) -> dict[UUID, int]:
    first: dict[UUID, int] = {}
    for entry in fresh:
        first.setdefault(entry.event.workspace_id, entry.seq)
    return first
