"""A committer that stops commits its queue, and answers every waiting post."""

from __future__ import annotations

import gevent
import pytest

from app.errors import OutcomeUnknown, Unavailable

from .conftest import outcome


def test_queued_posts_are_committed(committer, busy, blocked, events, log):
    with busy():
        waiting = [gevent.spawn(outcome, committer, events(1)) for _ in range(20)]
        blocked()
        stopping = gevent.spawn(committer.stop, 5)
        gevent.sleep(0)
    stopping.join()
    assert [greenlet.get() for greenlet in waiting] == [[seq] for seq in range(1, 21)]
    assert len(log()) == 20


def test_stopped_committer_refuses_posts(committer, events, log):
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
