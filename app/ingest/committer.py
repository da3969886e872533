"""Group commit: posts queue, one greenlet a worker commits what has queued, then everybody gets an answer.

There is no timer: the commit in flight is the window in which the next batch gathers. Many concurrent posts share
one fsync and one lock of the head, a lone post waits for nobody, and a success still means committed.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import gevent
import psycopg2
from gevent.event import AsyncResult, Event
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import measured
from app.domain.event import NewEvent, Receipt
from app.domain.instants import to_millisecond
from app.domain.numbering import Conflict, Gone
from app.errors import Conflicting, NotFound, OutcomeUnknown, Overloaded, Problem, Unavailable
from app.ingest.announcement import Announcement, announcements
from app.ingest.transaction import Committed, Interrupted, commit

log = logging.getLogger(__name__)

MAX_BATCH = 500  # events a transaction; a larger single request still goes in one
MAX_WAITING = 10_000  # events
RETRY_FOR = 5.0  # seconds an interrupted commit is tried again before its outcome is called unknown
RETRY_EVERY = 0.2  # seconds
A_MOMENT = 1e-5  # seconds; with 0 the loop would go on with what it has at hand
# SQLSTATE classes that speak of the server, not of what was sent to it: connection, plan from before a migration,
# read-only after a failover, rollback, resources, lock, operator, system.
SERVER_TROUBLE = ("08", "0A", "25", "40", "53", "55", "57", "58")

Announce = Callable[[Sequence[Announcement]], None]


@dataclass(eq=False, slots=True)
class Submission:
    """One request's events on their way, and where its answer arrives."""

    events: Sequence[NewEvent]
    answer: AsyncResult = field(default_factory=AsyncResult)

    def resolve(self, outcome: list[Receipt] | Conflict | Gone) -> None:
        """Give the waiting request its own result."""
        if isinstance(outcome, Conflict):
            place = {"errors": {f"events.{outcome.index}.eventId": ["is taken by another event"]}}
            detail = f"{outcome.event_id!r} was used before, with other content."
            self.answer.set_exception(Conflicting(detail, **(place if len(self.events) > 1 else {})))
        elif isinstance(outcome, Gone):
            self.answer.set_exception(NotFound())
        else:
            self.answer.set(outcome)


class Committer:
    """The queue of one worker and the greenlet that empties it. `announce` is told of every commit."""

    def __init__(self, engine: Engine, announce: Announce):
        self.max_batch = MAX_BATCH
        self.retry_for = RETRY_FOR
        self._engine = engine
        self._announce = announce
        self._queue: deque[Submission] = deque()
        self._waiting = 0  # events in the queue
        self._wake = Event()
        self._stopping = False
        self._database_away = False
        self._greenlet: gevent.Greenlet | None = None
        self._telling: gevent.Greenlet | None = None  # of the last commit

    def start(self) -> None:
        """Begin to commit."""
        self._greenlet = gevent.spawn(self._run)

    def stop(self, timeout: float) -> None:
        """Take nothing more, commit what has queued, and end; what is left after `timeout` seconds is refused."""
        self._stopping = True
        self._wake.set()
        if self._greenlet:
            self._greenlet.join(timeout)
            self._greenlet.kill()
        self._refuse_waiting(_shutting_down())

    def submit(self, events: Sequence[NewEvent]) -> list[Receipt]:
        """Wait until the events of one request (same workspace, not empty) are committed.

        Returns a receipt each, in order. Raises Conflicting, NotFound, Overloaded, Unavailable or OutcomeUnknown.
        """
        if self._stopping:
            raise _shutting_down()
        if self._waiting + len(events) > MAX_WAITING:
            raise Overloaded(retry_after=1)
        submission = Submission(events)
        self._queue.append(submission)
        self._waiting += len(events)
        self._wake.set()
        return submission.answer.get()

    def _run(self) -> None:
        while self._queue or not self._stopping:
            if not self._queue:
                self._wake.clear()
                self._wake.wait()
                continue
            batch = self._take()
            try:
                self._commit(batch)
            except gevent.GreenletExit:  # stopped half-way: nobody may wait for ever
                for submission in batch:
                    if not submission.answer.ready():
                        submission.answer.set_exception(OutcomeUnknown(retry_after=1))
                raise
        self._join_telling()

    def _take(self) -> list[Submission]:
        batch: list[Submission] = []
        size = 0
        while self._queue and (not batch or size + len(self._queue[0].events) <= self.max_batch):
            submission = self._queue.popleft()
            batch.append(submission)
            size += len(submission.events)
        self._waiting -= size
        return batch

    def _commit(self, batch: Sequence[Submission]) -> None:
        begun = monotonic()
        try:
            committed = self._commit_surely(batch)
        except Problem as problem:
            for submission in batch:
                submission.answer.set_exception(problem)
        except Exception as error:
            self._isolate(batch, error)
        else:
            seconds = monotonic() - begun
            self._join_telling()  # one after another: news leave in the order of their numbers
            self._telling = gevent.spawn(self._tell, batch, committed, seconds)

    def _tell(self, batch: Sequence[Submission], committed: Committed, seconds: float) -> None:
        """Announce a commit and answer those who wait for it, while the next one is under way."""
        self._announce_safely(batch, committed, seconds)
        half = (len(batch) + 1) // 2
        for place, (submission, outcome) in enumerate(zip(batch, committed.outcomes, strict=True)):
            # Who is answered runs on to their next post before the loop looks at anything else. Half-way it must
            # look: the next commit has its locks by now. PostgreSQL would wait for us, and then we for it.
            if place == half:
                gevent.sleep(A_MOMENT)
            submission.resolve(outcome)

    def _join_telling(self) -> None:
        if self._telling:
            self._telling.join()

    def _isolate(self, batch: Sequence[Submission], error: Exception) -> None:
        # Something in the batch cannot be stored: find out what by committing each request alone.
        if len(batch) == 1:
            _log_refusal(error)
            batch[0].answer.set_exception(Problem())
            return
        for submission in batch:
            self._commit([submission])

    def _commit_surely(self, batch: Sequence[Submission]) -> Committed:
        """Commit, and if the connection breaks before the outcome is known, find out by trying again by id."""
        requests = [submission.events for submission in batch]
        begun = monotonic()
        deadline = begun if self._database_away else begun + self.retry_for
        maybe: Committed | None = None
        while True:
            try:
                committed = commit(self._engine, requests, to_millisecond(datetime.now(UTC)))
                self._database_away = False
                return committed.reclaim(maybe) if maybe else committed
            except Interrupted as error:
                maybe, reason = error.maybe.reclaim(maybe) if maybe else error.maybe, error
                deadline = begun + self.retry_for  # it was there a moment ago, and somebody has to find out
            except (DBAPIError, PoolTimeout, psycopg2.Error) as error:
                if not _is_server_trouble(error):
                    raise
                reason = error
            if monotonic() >= deadline:
                self._database_away = True
                log.warning("commit failed, database away: %r", getattr(reason, "orig", reason))
                # They would wait for it one batch after another, and a frozen server takes seconds each time.
                self._refuse_waiting(_away(interrupted=False))
                raise _away(interrupted=maybe is not None) from reason
            gevent.sleep(RETRY_EVERY)

    def _refuse_waiting(self, problem: Problem) -> None:
        for submission in self._queue:
            submission.answer.set_exception(problem)
        self._queue.clear()
        self._waiting = 0

    def _announce_safely(self, batch: Sequence[Submission], committed: Committed, seconds: float) -> None:
        requests = [submission.events for submission in batch]
        try:
            measured.committed.send(None, events=sum(map(len, requests)), seconds=seconds)
            self._announce(announcements(requests, committed))
        except Exception:
            # The events are committed, so the answer is a success; streams will notice the gap and fetch it.
            log.exception("a commit could not be announced")


def _log_refusal(error: Exception) -> None:
    # What PostgreSQL says beyond the first line may quote what was posted, which has no place in a log.
    if said := getattr(getattr(error, "orig", error), "diag", None):
        log.error("a request could not be committed: %s %s", said.sqlstate, said.message_primary)
    else:
        log.error("a request could not be committed", exc_info=error)


def _is_server_trouble(error: Exception) -> bool:
    # What the server did not say, a broken connection or a full pool did.
    said = getattr(getattr(error, "orig", error), "pgcode", None)
    return said is None or said.startswith(SERVER_TROUBLE)


def _shutting_down() -> Problem:
    return Unavailable("The server is shutting down.", retry_after=1)


def _away(*, interrupted: bool) -> Problem:
    if interrupted:
        return OutcomeUnknown(retry_after=2)
    return Unavailable("The database is not answering.", retry_after=2)
