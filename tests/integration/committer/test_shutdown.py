"""A worker that stops commits what has queued, and leaves nobody waiting."""

from __future__ import annotations

import gevent
import pytest

from app.errors import OutcomeUnknown, Problem, Unavailable


def outcome(committer, request):
    try:
        return [receipt.seq for receipt in committer.submit(request).receipts]
    except Problem as problem:
        return type(problem)


def test_what_has_queued_is_committed(committer, busy, blocked, events, log):
    with busy():
        waiting = [gevent.spawn(outcome, committer, events(1)) for _ in range(20)]
        blocked()
        stopping = gevent.spawn(committer.stop, 5)
        gevent.sleep(0)
    stopping.join()
    assert [greenlet.get() for greenlet in waiting] == [[seq] for seq in range(1, 21)]
    assert len(log()) == 20


def test_nothing_more_is_taken(committer, events, log):
    committer.stop(5)
    with pytest.raises(Unavailable) as refused:
        committer.submit(events(1))
    assert refused.value.retry_after == 1
    assert log() == []


def test_shutdown_answers_waiting_posts(committer, busy, blocked, events, log):
    with busy():
        under_way = gevent.spawn(outcome, committer, events(1))
        blocked()
        queued = gevent.spawn(outcome, committer, events(1))
        gevent.sleep(0)
        committer.stop(0.1)
        assert under_way.get(timeout=5) is OutcomeUnknown
        assert queued.get(timeout=5) is Unavailable
    assert log() == []
