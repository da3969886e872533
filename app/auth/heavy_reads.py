"""Heavy reads: bounded concurrency for queries that may take seconds, shared fairly between workspaces.

Breakdowns, histories and pages of the log on the requests' pool would queue before the look-up of each request's
session: eighty of them made every post wait for seconds. They have a pool of their own, a workspace has at most
PER_WORKSPACE of its connections, and concurrent equal reads share one query. A read that would wait longer than
QUEUE_TIMEOUT gets 503 `TOO_BUSY`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from gevent.event import AsyncResult, Event
from sqlalchemy import Connection, Engine

from app.auth.access import Access
from app.errors import RateLimited, TooBusy
from app.extensions import component
from app.redis.rate_limits import rate_limits

REFUSES = (TooBusy, RateLimited)  # raised by routes that make heavy reads
MAX_CONCURRENT = 4  # in a worker
PER_WORKSPACE = 2
MAX_WAITING = 20  # different reads of a workspace
QUEUE_TIMEOUT = 5.0  # seconds
RETRY_AFTER = 5

Value = TypeVar("Value")


class HeavyReads:
    """One worker's queue of heavy reads: round-robin over workspaces, however many reads one of them has."""

    def __init__(self, engine: Engine, *, queue_timeout: float = QUEUE_TIMEOUT):
        self.engine = engine
        self.queue_timeout = queue_timeout
        self._waiting: OrderedDict[UUID, deque[Event]] = OrderedDict()  # the workspace next in turn first
        self._running: Counter[UUID] = Counter()
        self._joinable: dict[
            tuple[UUID, Hashable], AsyncResult[Any]
        ] = {}  # reads that still wait for their turn

    def run(self, workspace: UUID, query: Hashable, work: Callable[[Connection], Value]) -> Value:
        """The value of `work`, shared by equal queries that wait; none gets a value read before it came."""
        key = workspace, query
        if shared := self._joinable.get(key):
            found: Value = _result_of(shared)
            return found
        result: AsyncResult[Value] = AsyncResult()
        self._joinable[key] = result
        try:
            with self._turn(workspace):
                del self._joinable[key]
                with self.engine.connect() as connection:
                    value = work(connection)
        except BaseException as error:
            if self._joinable.get(key) is result:
                del self._joinable[key]
            result.set_exception(error if isinstance(error, Exception) else TooBusy(retry_after=RETRY_AFTER))
            raise
        result.set(value)
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
        if len(queue) >= MAX_WAITING:
            raise TooBusy(retry_after=RETRY_AFTER)
        queue.append(turn)
        self._grant()
        if not turn.wait(self.queue_timeout):
            raise TooBusy(retry_after=RETRY_AFTER)

    def _grant(self) -> None:
        while self._running.total() < MAX_CONCURRENT:
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


def _result_of(shared: AsyncResult[Any]) -> Any:
    return shared.get()


def heavy_reads() -> HeavyReads:
    """The current app's."""
    return component(HeavyReads)


def run(access: Access, work: Callable[[Connection], Value], query: Hashable = None) -> Value:
    """What `work` reads for this request, or for an equal one that waits; raises TooBusy or RateLimited.

    Requests are equal by their route and query string, or by `query` where that is given.
    """
    count(access)
    key = request.endpoint, access.timezone, query or request.query_string
    return heavy_reads().run(access.workspace_id, key, work)


def count(access: Access) -> None:
    """Count one heavy read; raises RateLimited."""
    rate_limits().reads.charge(own=[access.token_id or access.user_id], shared=[access.workspace_id])
