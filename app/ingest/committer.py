"""Group commit: posts queue, and up to four greenlets of a worker commit what has queued, many in one transaction.

There is no timer for a lone post: the commit in flight is the window in which the next batch gathers. Many
concurrent posts share one fsync and one lock of the head, and a success still means committed. Which posts share a
transaction is decided in `commit_queue.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from uuid import UUID

import gevent
import psycopg2
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.background import signals
from app.background.job import report_failure
from app.domain.event import NewEvent
from app.errors import OutcomeUnknown, Overloaded, Problem, Unavailable
from app.ingest.commit_errors import is_row_lock_failure, is_server_failure, log_refusal
from app.ingest.commit_queue import GATHER, LANES, CommitBatch, CommitQueue, CommitReceipt, Submission, refuse
from app.ingest.committed_events import CommittedEvents, committed_events
from app.ingest.transaction import Committed, Interrupted, commit
from app.postgres.database_away import reason_of

log = logging.getLogger(__name__)

MAX_BATCH = 500  # events a transaction; a larger single request still goes in one
RETRY_FOR = 5.0  # seconds an interrupted commit is tried again before its outcome is called unknown
RETRY_EVERY = 0.2  # seconds
STOP_POLL = 0.01  # seconds
# Seconds. `sleep(0)` only reschedules ready greenlets; a positive delay lets libev poll the sockets first.
YIELD_TO_POLL = 1e-5

# Publishes what a commit added; returns how many streams each of the workspaces has, on all workers.
Publish = Callable[[Sequence[CommittedEvents], Collection[UUID]], Mapping[UUID, int]]


class Committer:
    """The queue of one worker and the lanes (greenlets) that empty it. `publish` is called after every commit."""

    def __init__(self, engine: Engine, publish: Publish):
        self.max_batch = MAX_BATCH
        self.retry_for = RETRY_FOR
        self._engine = engine
        self._publish = publish
        self._queue = CommitQueue()
        self._lanes: set[gevent.Greenlet[..., None]] = set()
        self._lane_is_starting = False  # spawned, and has not taken from the queue yet
        self._retry_is_scheduled = False
        self._started = self._stopping = False
        self._database_away = False
        self.failure: str | None = None  # why the last commit failed, if PostgreSQL was the reason
        self._publications: dict[UUID, gevent.Greenlet[..., None]] = {}  # of the last commit of a workspace

    def start(self) -> None:
        """Start to commit."""
        self._started = True
        self._start_lane()

    def stop(self, timeout: float) -> None:
        """Refuse new posts, commit what has queued, and stop; what is left after `timeout` seconds is refused."""
        self._stopping = True
        deadline = monotonic() + timeout
        while (self._lanes or self._queue.is_ready) and monotonic() < deadline:
            gevent.sleep(STOP_POLL)
        gevent.joinall(list(self._publications.values()), max(0.0, deadline - monotonic()))
        gevent.killall(list(self._lanes))
        refuse(self._queue.drain(), _shutting_down())

    def submit(self, events: Sequence[NewEvent]) -> CommitReceipt:
        """Wait until the events of one request (same workspace, not empty) are committed.

        Raises Conflicting, NotFound, Overloaded, Unavailable or OutcomeUnknown.
        """
        if self._stopping:
            raise _shutting_down()
        submission = Submission(events)
        if not self._queue.has_room(submission.workspace_id, len(events)):
            raise Overloaded(retry_after=1)
        if self._queue.add(submission):
            self._start_lane()
        receipt = submission.answer.get()
        assert receipt is not None  # only a `get` with a time-out may return None
        return receipt

    def _start_lane(self) -> None:
        # A lane takes from the queue only when it runs, so that posts of the same moment gather in one commit.
        if self._started and not self._lane_is_starting and len(self._lanes) < LANES and self._queue.is_ready:
            self._lane_is_starting = True
            self._lanes.add(gevent.spawn(self._run_lane))

    def _run_lane(self) -> None:
        try:
            while batch := self._next_batch():
                self._commit_and_release(batch)
        finally:
            self._lanes.discard(gevent.getcurrent())

    def _next_batch(self) -> CommitBatch | None:
        self._lane_is_starting = False
        batch = self._queue.take(self.max_batch, monotonic())
        if batch:
            self._start_lane()  # for what is left
        elif self._queue.is_ready and not self._retry_is_scheduled:
            # Posts gather, or need a lane that may wait for a lock: no event may come that would start a lane.
            self._retry_is_scheduled = True
            gevent.spawn_later(GATHER, self._retry)
        return batch

    def _retry(self) -> None:
        self._retry_is_scheduled = False
        self._start_lane()

    def _commit_and_release(self, batch: CommitBatch) -> None:
        try:
            self._commit(batch)
        except Exception as error:  # a bug of ours: the lane goes on
            report_failure(error, job="committer")
            refuse(batch.submissions, Problem())
        except gevent.GreenletExit:  # stopped half-way: no request may wait for ever
            refuse(batch.submissions, OutcomeUnknown(retry_after=1))
            raise
        finally:
            self._queue.release(batch)

    def _commit(self, batch: CommitBatch) -> None:
        begun = monotonic()
        try:
            committed = self._commit_with_retries(batch)
        except Problem as problem:
            refuse(batch.submissions, problem)
        except Exception as error:
            self._isolate(batch, error)
        else:
            self._start_publishing(batch, committed, monotonic() - begun)

    def _start_publishing(self, batch: CommitBatch, committed: Committed, seconds: float) -> None:
        if not batch.submissions:
            return
        workspaces = [queue.workspace_id for queue in batch.queues]
        # One after another within a workspace, so that events are published in the order of their numbers.
        gevent.joinall(
            [earlier for workspace in workspaces if (earlier := self._publications.get(workspace))]
        )
        publication = gevent.spawn(
            self._publish_and_answer, workspaces, list(batch.submissions), committed, seconds
        )
        self._publications |= dict.fromkeys(workspaces, publication)

    def _publish_and_answer(
        self, workspaces: Sequence[UUID], batch: Sequence[Submission], committed: Committed, seconds: float
    ) -> None:
        """Publish a commit and answer its requests, while the next commit is under way."""
        notified = self._publish_safely(batch, committed, seconds)
        half = (len(batch) + 1) // 2
        for place, (submission, outcome) in enumerate(zip(batch, committed.outcomes, strict=True)):
            # The next posts of answered clients run before the loop polls the sockets. Half-way it must poll: the
            # next commit has its locks by now, so PostgreSQL would wait for this worker, and then this for it.
            if place == half:
                gevent.sleep(YIELD_TO_POLL)
            submission.resolve(outcome, notified.get(submission.workspace_id, 0))
        for workspace in workspaces:
            if self._publications.get(workspace) is gevent.getcurrent():
                del self._publications[workspace]

    def _isolate(self, batch: CommitBatch, error: Exception) -> None:
        # PostgreSQL refused something in the batch: commit each request alone, so that only one fails.
        # Workspaces that were joined are separated first, so that they need not wait for each other.
        if batch.is_joined:
            self._queue.put_back(batch, batch.submissions, monotonic())
        elif len(batch.submissions) == 1:
            log_refusal(error)
            refuse(batch.submissions, Problem())
        else:
            for submission in batch.submissions:
                self._commit(replace(batch, submissions=[submission]))

    def _commit_with_retries(self, batch: CommitBatch) -> Committed:
        """Commit; where the connection breaks during COMMIT, commit again, by event id, to learn the outcome."""
        begun = monotonic()
        deadline = begun if self._database_away else begun + self.retry_for
        maybe: Committed | None = None
        reason: Exception
        while True:
            try:
                committed = self._commit_once(batch, wait=batch.waits or maybe is not None)
                self._database_away, self.failure = False, None
                return committed.reclaim(maybe) if maybe else committed
            except Interrupted as error:
                self._put_skipped_back(batch, error.maybe)
                maybe, reason = error.maybe.reclaim(maybe) if maybe else error.maybe, error
                deadline = begun + self.retry_for  # it was there a moment ago, and the outcome must be learnt
            except (DBAPIError, PoolTimeout, psycopg2.Error) as error:
                if not is_server_failure(error) or (
                    is_row_lock_failure(error) and batch.is_joined and not maybe
                ):
                    raise
                reason = error
            if monotonic() >= deadline:
                raise self._refusal(batch, reason, interrupted=maybe is not None) from reason
            gevent.sleep(RETRY_EVERY)

    def _commit_once(self, batch: CommitBatch, *, wait: bool) -> Committed:
        requests = [submission.events for submission in batch.submissions]
        committed = commit(self._engine, requests, wait=wait)
        self._put_skipped_back(batch, committed)
        return committed

    def _put_skipped_back(self, batch: CommitBatch, committed: Committed) -> None:
        # With a lock on each head there is an outcome for each request, though a workspace may be gone.
        if len(committed.outcomes) < len(batch.submissions):
            heads = committed.heads
            skipped = [one for one in batch.submissions if one.workspace_id not in heads]
            self._queue.put_back(batch, skipped, monotonic())

    def _refusal(self, batch: CommitBatch, reason: Exception, *, interrupted: bool) -> Problem:
        said = getattr(reason, "orig", reason)
        if is_row_lock_failure(reason):
            log.warning(
                "commit failed, the rows of workspace %s are locked: %r", batch.queues[0].workspace_id, said
            )
            waiting = self._queue.drain(batch.queues)
        else:
            self._database_away, self.failure = True, reason_of(reason)
            log.warning("commit failed, database away: %s", self.failure)
            # Each batch would wait for it in turn, and a frozen server takes seconds each time.
            waiting = self._queue.drain()
        refuse(waiting, _away(interrupted=False))
        return _away(interrupted=interrupted)

    def _publish_safely(
        self, batch: Sequence[Submission], committed: Committed, seconds: float
    ) -> Mapping[UUID, int]:
        requests = [submission.events for submission in batch]
        try:
            signals.committed.send(None, events=sum(map(len, requests)), seconds=seconds)
            return self._publish(committed_events(requests, committed), committed.heads)
        except Exception:
            # The events are committed, so the answer is a success; streams will notice the gap and fetch it.
            log.exception("a commit could not be announced")
            return {}


def _shutting_down() -> Unavailable:
    return Unavailable("The server is shutting down.", retry_after=1)


def _away(*, interrupted: bool) -> Problem:
    if interrupted:
        return OutcomeUnknown(retry_after=2)
    return Unavailable("The database is not answering.", retry_after=2)
