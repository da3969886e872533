"""The commit queue is bounded, and committed when the worker stops."""

from __future__ import annotations

from dataclasses import replace

import gevent
import pytest

from app.errors import OutcomeUnknown, Overloaded, Unavailable
from app.ingest.committer import Committer

from .conftest import HOLD, outcome


@pytest.fixture
def fill(events):
    """Queue 10,000 events at a committer that gets no further; the greenlets that wait."""

    def submit(committer: Committer) -> list[gevent.Greenlet]:
        waiting = [gevent.spawn(committer.submit, events(1_000)) for _ in range(10)]
        gevent.sleep(0)
        return waiting

    return submit


@pytest.fixture
def full(committer, busy, blocked, events, fill):
    """Within `busy()`: a commit is under way, and 10,000 events wait for it."""

    def make() -> list[gevent.Greenlet]:
        under_way = gevent.spawn(committer.submit, events(1))
        blocked()
        return [under_way, *fill(committer)]

    return make


def test_full_queue_refuses_one_event(committer, busy, full, event, log):
    with busy():
        waiting = full()
        with pytest.raises(Overloaded) as refused:
            committer.submit([event("too much")])
    assert refused.value.retry_after == 1
    assert sum(len(greenlet.get().receipts) for greenlet in waiting) == 10_001
    stored = log()
    assert [row.seq for row in stored] == list(range(1, 10_002))
    assert "too much" not in {row.event_id for row in stored}


def test_commit_makes_room_in_the_queue(committer, busy, full, events):
    with busy():
        waiting = full()
    gevent.joinall(waiting)
    assert [receipt.seq for receipt in committer.submit(events(1)).receipts] == [10_002]


def test_refusal_has_retry_after(app, mika, sql, engine, blocked, event):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    assert post(mika).status_code == 200
    with engine.begin() as connection:
        connection.execute(HOLD, {"id": acme.id})
        under_way = gevent.spawn(post, mika)
        blocked()
        committer = app.extensions["pulse"].committer
        of_acme = [[replace(event(), workspace_id=acme.id) for _ in range(1_000)] for _ in range(10)]
        waiting = [gevent.spawn(committer.submit, request) for request in of_acme]
        gevent.sleep(0)
        refused = post(mika)
    assert refused.status_code == 503
    assert refused.get_json()["code"] == "OVERLOADED"
    assert refused.headers["Retry-After"] == "1"
    gevent.joinall(waiting)
    assert under_way.get().status_code == 200
    assert sql("SELECT count(*) FROM events WHERE workspace_id = :id", id=acme.id)[0][0] == 10_002


def post(client):
    return client.post("/api/workspaces/acme/analytics/realtime", json={"eventType": "user.active"})


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
