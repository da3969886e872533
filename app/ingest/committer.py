"""Group commit: posts queue, up to four greenlets a worker commit what has queued, then everybody gets an answer.

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
from app.ingest.commit_errors import is_server_trouble, is_workspace_trouble, log_refusal
from app.ingest.commit_queue import GATHER, LANES, CommitBatch, CommitQueue, CommitReceipt, Submission, refuse
from app.ingest.committed_events import CommittedEvents, committed_events
from app.ingest.transaction import Committed, Interrupted, commit
from app.postgres.database_away import reason_of

log = logging.getLogger(__name__)

MAX_BATCH = 500  # events a transaction; a larger single request still goes in one
RETRY_FOR = 5.0  # seconds an interrupted commit is tried again before its outcome is called unknown
RETRY_EVERY = 0.2  # seconds
STOPPING_LOOK = 0.01  # seconds
A_MOMENT = 1e-5  # seconds; with 0 the loop would go on with what it has at hand

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
        self._lane_begins = False  # one has been spawned that has not looked at the queue yet
        self._looking_again = False
        self._started = self._stopping = False
        self._database_away = False
        self.failure: str | None = None  # why the last commit failed, if PostgreSQL was the reason
        self._telling: dict[UUID, gevent.Greenlet[..., None]] = {}  # of the last commit of a workspace

    def start(self) -> None:
        """Begin to commit."""
        self._started = True
        self._begin_lane()

    def stop(self, timeout: float) -> None:
        """Take nothing more, commit what has queued, and end; what is left after `timeout` seconds is refused."""
        self._stopping = True
        deadline = monotonic() + timeout
        while (self._lanes or self._queue.is_ready) and monotonic() < deadline:
            gevent.sleep(STOPPING_LOOK)
        gevent.joinall(list(self._telling.values()), max(0.0, deadline - monotonic()))
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
            self._begin_lane()
        return submission.answer.get()

    def _begin_lane(self) -> None:
        # A lane looks at the queue only when it runs, so that posts of the same moment gather in one commit.
        if self._started and not self._lane_begins and len(self._lanes) < LANES and self._queue.is_ready:
            self._lane_begins = True
            self._lanes.add(gevent.spawn(self._run_lane))

    def _run_lane(self) -> None:
        try:
            while batch := self._next_batch():
                self._commit_and_release(batch)
        finally:
            self._lanes.discard(gevent.getcurrent())

    def _next_batch(self) -> CommitBatch | None:
        self._lane_begins = False
        batch = self._queue.take(self.max_batch, monotonic())
        if batch:
            self._begin_lane()  # for what it has left
        elif self._queue.is_ready and not self._looking_again:
            # It gathers, or waits for a lane that may wait: time passes, and may be all that happens.
            self._looking_again = True
            gevent.spawn_later(GATHER, self._look_again)
        return batch

    def _look_again(self) -> None:
        self._looking_again = False
        self._begin_lane()

    def _commit_and_release(self, batch: CommitBatch) -> None:
        try:
            self._commit(batch)
        except Exception as error:  # a bug of ours: the lane goes on
            report_failure(error, job="committer")
            refuse(batch.submissions, Problem())
        except gevent.GreenletExit:  # stopped half-way: nobody may wait for ever
            refuse(batch.submissions, OutcomeUnknown(retry_after=1))
            raise
        finally:
            self._queue.release(batch)

    def _commit(self, batch: CommitBatch) -> None:
        begun = monotonic()
        try:
            committed = self._commit_surely(batch)
        except Problem as problem:
            refuse(batch.submissions, problem)
        except Exception as error:
            self._isolate(batch, error)
        else:
            self._begin_telling(batch, committed, monotonic() - begun)

    def _begin_telling(self, batch: CommitBatch, committed: Committed, seconds: float) -> None:
        if not batch.submissions:
            return
        workspaces = [queue.workspace_id for queue in batch.queues]
        # One after another within a workspace: news leave in the order of their numbers.
        gevent.joinall([telling for workspace in workspaces if (telling := self._telling.get(workspace))])
        telling = gevent.spawn(self._tell, workspaces, list(batch.submissions), committed, seconds)
        self._telling |= dict.fromkeys(workspaces, telling)

    def _tell(
        self, workspaces: Sequence[UUID], batch: Sequence[Submission], committed: Committed, seconds: float
    ) -> None:
        """Announce a commit and answer those who wait for it, while the next one is under way."""
        notified = self._publish_safely(batch, committed, seconds)
        half = (len(batch) + 1) // 2
        for place, (submission, outcome) in enumerate(zip(batch, committed.outcomes, strict=True)):
            # Who is answered runs on to their next post before the loop looks at anything else. Half-way it must
            # look: the next commit has its locks by now. PostgreSQL would wait for us, and then we for it.
            if place == half:
                gevent.sleep(A_MOMENT)
            submission.resolve(outcome, notified.get(submission.workspace_id, 0))
        for workspace in workspaces:
            if self._telling.get(workspace) is gevent.getcurrent():
                del self._telling[workspace]

    def _isolate(self, batch: CommitBatch, error: Exception) -> None:
        # Something in the batch cannot be stored: find out what by committing each request alone. Workspaces that
        # were joined go apart first, so that they need not wait for each other.
        if batch.is_joined:
            self._queue.put_back(batch, batch.submissions, monotonic())
        elif len(batch.submissions) == 1:
            log_refusal(error)
            refuse(batch.submissions, Problem())
        else:
            for submission in batch.submissions:
                self._commit(replace(batch, submissions=[submission]))

    def _commit_surely(self, batch: CommitBatch) -> Committed:
        """Commit, and if the connection breaks before the outcome is known, find out by trying again by id."""
        begun = monotonic()
        deadline = begun if self._database_away else begun + self.retry_for
        maybe: Committed | None = None
        while True:
            try:
                committed = self._commit_once(batch, wait=batch.waits or maybe is not None)
                self._database_away, self.failure = False, None
                return committed.reclaim(maybe) if maybe else committed
            except Interrupted as error:
                self._put_skipped_back(batch, error.maybe)
                maybe, reason = error.maybe.reclaim(maybe) if maybe else error.maybe, error
                deadline = begun + self.retry_for  # it was there a moment ago, and somebody has to find out
            except (DBAPIError, PoolTimeout, psycopg2.Error) as error:
                if not is_server_trouble(error) or (
                    is_workspace_trouble(error) and batch.is_joined and not maybe
                ):
                    raise
                reason = error
            if monotonic() >= deadline:
                raise self._given_up(batch, reason, interrupted=maybe is not None) from reason
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

    def _given_up(self, batch: CommitBatch, reason: Exception, *, interrupted: bool) -> Problem:
        said = getattr(reason, "orig", reason)
        if is_workspace_trouble(reason):
            log.warning(
                "commit failed, the rows of workspace %s are locked: %r", batch.queues[0].workspace_id, said
            )
            waiting = self._queue.drain(batch.queues)
        else:
            self._database_away, self.failure = True, reason_of(reason)
            log.warning("commit failed, database away: %s", self.failure)
            # They would wait for it one batch after another, and a frozen server takes seconds each time.
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


def _shutting_down() -> Problem:
    return Unavailable("The server is shutting down.", retry_after=1)


def _away(*, interrupted: bool) -> Problem:
    if interrupted:
        return OutcomeUnknown(retry_after=2)
    return Unavailable("The database is not answering.", retry_after=2)
