"""Group commit: requests that wait are committed together; each gets its own receipts."""

from __future__ import annotations

import gevent
import pytest


@pytest.fixture
def submit_all(committer, busy, blocked):
    """Submit requests, in order: the first is being committed when the others come; their receipts."""

    def submit(requests):
        with busy():
            waiting = [gevent.spawn(committer.submit, requests[0])]
            blocked()
            waiting += [gevent.spawn(committer.submit, request) for request in requests[1:]]
            gevent.sleep(0)
        return [greenlet.get().receipts for greenlet in waiting]

    return submit


def transactions(rows) -> list[int]:
    """How many events each transaction brought, in order."""
    names = [row.transaction for row in rows]
    return [names.count(name) for name in dict.fromkeys(names)]


def test_waiting_posts_share_a_commit(submit_all, events, log):
    submit_all([events(1) for _ in range(100)])
    assert transactions(log()) == [1, 99]


def test_commit_holds_500_events_at_most(submit_all, events, log):
    submit_all([events(1), *(events(7) for _ in range(150))])
    assert transactions(log()) == [1, 497, 497, 56]


def test_larger_request_commits_alone(submit_all, events, log):
    submit_all([events(1), events(1), events(1000), events(1)])
    assert transactions(log()) == [1, 1, 1000, 1]


def test_posts_get_their_numbers_in_order(submit_all, events, log):
    requests = [events(size) for size in (1, 3, 2, 5)]
    receipts = submit_all(requests)
    assert [[receipt.seq for receipt in own] for own in receipts] == [
        [1],
        [2, 3, 4],
        [5, 6],
        [7, 8, 9, 10, 11],
    ]
    ids = [event.event_id for request in requests for event in request]
    assert [receipt.event_id for own in receipts for receipt in own] == ids
    assert [row.event_id for row in log()] == ids


def test_commit_is_announced_once(submit_all, events, announced):
    submit_all([events(1), *(events(2) for _ in range(10))])
    assert [(news.first, len(news.frames)) for news in announced] == [(1, 1), (2, 20)]


def test_failed_publish_undoes_nothing(start, engine, events, log):
    def fail(_news):
        raise RuntimeError("no subscriber")

    committer = start(engine, fail)
    assert [receipt.seq for receipt in committer.submit(events(2)).receipts] == [1, 2]
    assert [receipt.seq for receipt in committer.submit(events(1)).receipts] == [3]
    assert len(log()) == 3
