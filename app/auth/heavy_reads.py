"""Heavy reads: a bounded pool of database connections for queries that may take seconds, shared fairly.

Breakdowns, histories, pages of the log and the like must not queue before the look-up of a request's session:
eighty of them made every post wait for seconds. They have connections of their own, a workspace has a few of these
at most, and equal questions that wait are answered by one query. One that would wait too long gets 503 `TOO_BUSY`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from flask import request
from gevent.event import AsyncResult, Event
from sqlalchemy import Connection, Engine

from app.auth.access import Access
from app.errors import RateLimited, TooBusy
from app.extensions import component
from app.redis.rate_limits import rate_limits

REFUSES = (TooBusy, RateLimited)  # what routes that read so may answer besides
AT_ONCE = 4  # in a worker
PER_WORKSPACE = 2
MOST_WAITING = 20  # different questions of a workspace
PATIENCE = 5.0  # seconds a question waits for its turn
RETRY_AFTER = 5

Value = TypeVar("Value")


class HeavyReads:
    """One worker's heavy reads. The workspaces take turns, however many questions one of them has."""

    def __init__(self, engine: Engine, *, patience: float = PATIENCE):
        self.engine = engine
        self.patience = patience
        self._waiting: OrderedDict[UUID, deque[Event]] = OrderedDict()  # the workspace next in turn first
        self._running: Counter[UUID] = Counter()
        self._joinable: dict[tuple[UUID, Hashable], AsyncResult] = {}  # questions that wait for their turn

    def ask(self, workspace: UUID, question: Hashable, work: Callable[[Connection], Value]) -> Value:
        """The value of `work`, which equal questions share: nobody gets one that was read before they asked."""
        key = workspace, question
        if shared := self._joinable.get(key):
            return shared.get()
        answer = self._joinable[key] = AsyncResult()
        try:
            with self._turn(workspace):
                del self._joinable[key]
                with self.engine.connect() as connection:
                    value = work(connection)
        except BaseException as error:
            if self._joinable.get(key) is answer:
                del self._joinable[key]
            answer.set_exception(error if isinstance(error, Exception) else TooBusy(retry_after=RETRY_AFTER))
            raise
        answer.set(value)
        return value

    @contextmanager
    def connection(self, workspace: UUID) -> Iterator[Connection]:
        """A connection for one heavy read of the workspace; raises TooBusy."""
        with self._turn(workspace), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _turn(self, workspace: UUID) -> Iterator[None]:
        turn = Event()
        try:
            self._await(workspace, turn)
            yield
        finally:
            if turn.is_set():
                self._running[workspace] -= 1
                self._running += Counter()  # forget those at zero
                self._grant()
            else:
                self._withdraw(workspace, turn)

    def _await(self, workspace: UUID, turn: Event) -> None:
        queue = self._waiting.setdefault(workspace, deque())
        if len(queue) >= MOST_WAITING:
            raise TooBusy(retry_after=RETRY_AFTER)
        queue.append(turn)
        self._grant()
        if not turn.wait(self.patience):
            raise TooBusy(retry_after=RETRY_AFTER)

    def _grant(self) -> None:
        while self._running.total() < AT_ONCE:
            next_in_turn = (one for one in self._waiting if self._running[one] < PER_WORKSPACE)
            if (workspace := next(next_in_turn, None)) is None:
                return
            self._running[workspace] += 1
            self._waiting[workspace].popleft().set()
            if self._waiting[workspace]:
                self._waiting.move_to_end(workspace)
            else:
                del self._waiting[workspace]

    def _withdraw(self, workspace: UUID, turn: Event) -> None:
        queue = self._waiting.get(workspace, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(workspace, None)


def heavy_reads() -> HeavyReads:
    """The current app's."""
    return component(HeavyReads)


def ask(access: Access, work: Callable[[Connection], Value], question: Hashable = None) -> Value:
    """What `work` reads for this request, or for an equal one that waits too; raises TooBusy or RateLimited.

    Requests are equal by their route and query string, unless `question` says what else is asked.
    """
    count(access)
    key = request.endpoint, access.timezone, question or request.query_string
    return heavy_reads().ask(access.workspace_id, key, work)


def count(access: Access) -> None:
    """Count one heavy read; raises RateLimited."""
    rate_limits().reads.take(own=[access.token_id or access.user_id], shared=[access.workspace_id])
