"""The queue of posts to be committed, by workspace, and the policy of which of them share a transaction.

All posts of a worker in one transaction would stall all workspaces when the head of one is locked. A transaction
for each workspace would cost a COMMIT for each of many small ones. So one with many events waiting gets one
of its own, those with few are joined in one that waits for no lock, and what that one had to skip goes alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from gevent.event import AsyncResult

from app.domain.event import NewEvent, Receipt
from app.domain.numbering import EventIdConflict, HeadAhead, Outcome, WorkspaceGone
from app.errors import Conflicting, NotFound, Problem, Unavailable

LANES = 4  # transactions side by side, each on a connection of its own
MAX_WAITING_FOR_LOCKS = (
    LANES - 1
)  # of these; the last lane never waits, so that locked heads cannot fill them all
LARGE = 25  # waiting events from which on a workspace has a transaction of its own
GATHER = (
    0.05  # seconds for which small workspaces gather behind a joined transaction before a second one begins
)
RETRY_SKIPPED = 0.1  # seconds until a locked head is tried again while no lane may wait for it
MAX_WAITING = 10_000  # events
# Beyond these a workspace below its fair share may still queue: one with a locked head must not block the others.
MAX_WAITING_TOTAL = 2 * MAX_WAITING
FAIR_SHARE = 1_000  # events of one workspace
MAX_POSTS = 1_500  # of one workspace; gunicorn stops accepting at 2,000 connections, health checks too
HEAD_AHEAD = "This workspace's log ends in the future: a clock of the server is wrong, or was."
HEAD_AHEAD_RETRY = 30  # seconds


class CommitReceipt(NamedTuple):
    """The result of one request: a receipt for each event, in order, and the open streams of the workspace.

    `notified` counts the streams on all workers, as the commit's own round trip to Redis found them.
    """

    receipts: list[Receipt]
    notified: int


@dataclass(eq=False, slots=True)
class Submission:
    """One request's events (of one workspace) that wait for their commit, and the future of its result."""

    events: Sequence[NewEvent]
    answer: AsyncResult[CommitReceipt] = field(default_factory=AsyncResult)

    @property
    def workspace_id(self) -> UUID:
        """The workspace of all its events."""
        return self.events[0].workspace_id

    def resolve(self, outcome: Outcome, notified: int) -> None:
        """Give the waiting request its result."""
        if isinstance(outcome, EventIdConflict):
            errors = {f"events.{outcome.index}.eventId": ["is taken by another event"]}
            detail = f"{outcome.event_id!r} was used before, with other content."
            self.answer.set_exception(Conflicting(detail, errors=errors if len(self.events) > 1 else None))
        elif isinstance(outcome, WorkspaceGone):
            self.answer.set_exception(NotFound())
        elif isinstance(outcome, HeadAhead):
            self.answer.set_exception(Unavailable(HEAD_AHEAD, retry_after=HEAD_AHEAD_RETRY))
        else:
            self.answer.set(CommitReceipt(outcome, notified))


@dataclass(eq=False, slots=True)
class WorkspaceQueue:
    """The posts of one workspace that wait, in order of arrival."""

    workspace_id: UUID
    submissions: deque[Submission] = field(default_factory=deque)
    events: int = 0  # in the submissions
    in_commit: bool = False  # one transaction at a time, so that events are published in the order of numbers
    alone_from: float | None = (
        None  # it must go alone; without a lane that may wait for its lock, from then on
    )

    @property
    def is_small(self) -> bool:
        """Whether its posts may share a transaction with those of other workspaces."""
        return self.events < LARGE and self.alone_from is None

    def take(self, most: int) -> list[Submission]:
        """Remove submissions of at most `most` events, and at least one of them if `most` is positive."""
        taken: list[Submission] = []
        size = 0
        while self.submissions and (
            size + len(self.submissions[0].events) <= most or (not taken and most > 0)
        ):
            taken.append(self.submissions.popleft())
            size += len(taken[-1].events)
        self.events -= size
        return taken


@dataclass(eq=False, slots=True)
class CommitBatch:
    """The posts of one transaction. It `waits` for the locks of its heads, or else skips locked ones."""

    submissions: list[Submission]
    queues: list[WorkspaceQueue]
    waits: bool
    is_small: bool
    begun: float  # monotonic seconds

    @property
    def is_joined(self) -> bool:
        """Whether several workspaces share it."""
        return len(self.queues) > 1


class CommitQueue:
    """The queues of one worker. It only decides; the committer's lanes commit."""

    def __init__(self) -> None:
        self.waiting = 0  # events
        self._queues: dict[UUID, WorkspaceQueue] = {}
        self._ready: dict[UUID, WorkspaceQueue] = {}  # not in a transaction, in order of arrival
        self._running: set[CommitBatch] = set()

    @property
    def is_ready(self) -> bool:
        """Whether a workspace waits that is in no transaction."""
        return bool(self._ready)

    def has_room(self, workspace_id: UUID, events: int) -> bool:
        """Whether so many more events of the workspace may wait."""
        queue = self._queues.get(workspace_id)
        own, posts = (queue.events, len(queue.submissions)) if queue else (0, 0)
        if posts >= MAX_POSTS:
            return False
        if self.waiting + events <= MAX_WAITING:
            return True
        return own + events <= FAIR_SHARE and self.waiting + events <= MAX_WAITING_TOTAL

    def add(self, submission: Submission) -> bool:
        """Queue a submission; True if its workspace is in no transaction, so that a lane can take it."""
        workspace = submission.workspace_id
        if (queue := self._queues.get(workspace)) is None:
            queue = self._queues[workspace] = WorkspaceQueue(workspace)
        queue.submissions.append(submission)
        self._count(queue, len(submission.events))
        if queue.in_commit:
            return False
        self._ready.setdefault(workspace, queue)
        return True

    def take(self, most: int, now: float) -> CommitBatch | None:
        """The posts of the next transaction, of about `most` events; None if none may begin now."""
        may_wait = sum(batch.waits for batch in self._running) < MAX_WAITING_FOR_LOCKS
        gathering = any(batch.is_small and now - batch.begun < GATHER for batch in self._running)
        for queue in self._ready.values():
            if not queue.is_small:
                if may_wait or queue.alone_from is None or now >= queue.alone_from:
                    return self._claim([queue], most, now, waits=may_wait, is_small=False)
            elif not gathering:
                small = [queue for queue in self._ready.values() if queue.is_small]
                return self._claim(small, most, now, waits=may_wait and len(small) == 1, is_small=True)
        return None

    def put_back(self, batch: CommitBatch, skipped: Sequence[Submission], now: float) -> None:
        """Queue submissions of a running batch again, before later ones; they get a transaction of their own."""
        back = set(skipped)
        batch.submissions = [submission for submission in batch.submissions if submission not in back]
        for submission in reversed(skipped):
            queue = self._queues[submission.workspace_id]
            queue.submissions.appendleft(submission)
            queue.alone_from = now + RETRY_SKIPPED
            self._count(queue, len(submission.events))

    def release(self, batch: CommitBatch) -> None:
        """The transaction has ended: its workspaces may have another."""
        self._running.discard(batch)
        for queue in batch.queues:
            queue.in_commit = False
            if queue.submissions:
                self._ready[queue.workspace_id] = queue
            else:
                del self._queues[queue.workspace_id]

    def drain(self, queues: Iterable[WorkspaceQueue] | None = None) -> list[Submission]:
        """Empty these queues, or all; returns what waited in them."""
        drained: list[Submission] = []
        for queue in list(self._queues.values()) if queues is None else queues:
            drained += queue.submissions
            queue.submissions.clear()
            self._count(queue, -queue.events)
            self._ready.pop(queue.workspace_id, None)
            if not queue.in_commit:
                del self._queues[queue.workspace_id]
        return drained

    def _claim(
        self, queues: Iterable[WorkspaceQueue], most: int, now: float, *, waits: bool, is_small: bool
    ) -> CommitBatch:
        batch = CommitBatch([], [], waits, is_small, now)
        room = most
        for queue in queues:
            before = queue.events
            if not (taken := queue.take(room)):
                break
            self.waiting -= before - queue.events
            room -= before - queue.events
            queue.in_commit, queue.alone_from = True, None
            del self._ready[queue.workspace_id]
            batch.submissions += taken
            batch.queues.append(queue)
        self._running.add(batch)
        return batch

    def _count(self, queue: WorkspaceQueue, events: int) -> None:
        queue.events += events
        self.waiting += events


def refuse(submissions: Iterable[Submission], problem: Problem) -> None:
    """Answer submissions that have no answer yet with a problem."""
    for submission in submissions:
        if not submission.answer.ready():
            submission.answer.set_exception(problem)
