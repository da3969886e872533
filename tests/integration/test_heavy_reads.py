"""Heavy reads: few at once a workspace, fair between workspaces, one query for equal reads."""

from __future__ import annotations

from itertools import count
from uuid import UUID, uuid4

import gevent
import pytest
from gevent.event import Event

from app.auth.heavy_reads import MAX_CONCURRENT, MAX_WAITING, PER_WORKSPACE, HeavyReads
from app.errors import TooBusy

ACME, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def reads(app) -> HeavyReads:
    return app.extensions["pulse"].heavy_reads


@pytest.fixture
def impatient(reads):
    return HeavyReads(reads.engine, queue_timeout=0.2)


class Work:
    """Reads that take until they are let go; in which order they began."""

    def __init__(self, reads: HeavyReads):
        self._reads = reads
        self.begun: list[UUID] = []
        self.may_end = Event()

    def run(self, workspace: UUID, question: object = None) -> gevent.Greenlet:
        return gevent.spawn(self._reads.run, workspace, question or uuid4(), lambda _: self._read(workspace))

    def _read(self, workspace: UUID) -> int:
        self.begun.append(workspace)
        self.may_end.wait()
        return len(self.begun)


def test_workspace_has_few_turns_at_once(reads):
    work = Work(reads)
    asking = [work.run(ACME) for _ in range(10)]
    gevent.sleep(0.1)
    assert work.begun == [ACME] * PER_WORKSPACE
    assert reads.engine.pool.checkedout() == PER_WORKSPACE
    work.may_end.set()
    gevent.joinall(asking, raise_error=True)
    assert work.begun == [ACME] * 10


def test_workspaces_take_turns(reads):
    work = Work(reads)
    asking = [work.run(UUID(int=100 + number)) for number in range(MAX_CONCURRENT)]
    gevent.sleep(0.05)
    asking += [work.run(ACME) for _ in range(10)]
    gevent.sleep(0.05)
    asking.append(work.run(OTHER))
    gevent.sleep(0.05)
    work.may_end.set()
    gevent.joinall(asking, raise_error=True)
    assert OTHER in work.begun[MAX_CONCURRENT : MAX_CONCURRENT + 2]


def test_equal_waiting_reads_share_a_query(reads):
    work = Work(reads)
    asking = [work.run(ACME, "how many?") for _ in range(80)]
    gevent.sleep(0.1)
    work.may_end.set()
    gevent.joinall(asking, raise_error=True)
    assert len(work.begun) <= PER_WORKSPACE + 1


def test_result_is_newer_than_its_request(reads):
    numbers, work = count(), Work(reads)
    running = [work.run(ACME) for _ in range(PER_WORKSPACE)]
    gevent.sleep(0.05)
    early = gevent.spawn(reads.run, ACME, "now?", lambda _: next(numbers))
    gevent.sleep(0.05)
    late = gevent.spawn(reads.run, ACME, "now?", lambda _: next(numbers))
    gevent.sleep(0.05)
    work.may_end.set()
    gevent.joinall(running, raise_error=True)
    assert (early.get(), late.get()) == (0, 0), "it was read after both had asked"
    assert reads.run(ACME, "now?", lambda _: next(numbers)) == 1


def test_long_wait_is_refused(impatient):
    work = Work(impatient)
    running = [work.run(ACME) for _ in range(PER_WORKSPACE)]
    gevent.sleep(0.05)
    for greenlet in [work.run(ACME, "same"), work.run(ACME, "same"), work.run(ACME)]:
        with pytest.raises(TooBusy) as refused:
            greenlet.get()
        assert refused.value.retry_after
    work.may_end.set()
    gevent.joinall(running, raise_error=True)
    assert work.run(ACME).get() == PER_WORKSPACE + 1


def test_waiting_reads_are_bounded(reads):
    work = Work(reads)
    asking = [work.run(ACME) for _ in range(PER_WORKSPACE + MAX_WAITING)]
    gevent.sleep(0.05)
    with pytest.raises(TooBusy):
        work.run(ACME).get()
    other = work.run(OTHER)
    work.may_end.set()
    gevent.joinall([*asking, other], raise_error=True)


def test_failed_read_gives_its_turn_back(reads):
    def fail(_: object) -> None:
        raise ZeroDivisionError

    for _ in range(2 * MAX_CONCURRENT):
        with pytest.raises(ZeroDivisionError):
            reads.run(ACME, "broken", fail)
    assert reads.run(ACME, "whole", lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
