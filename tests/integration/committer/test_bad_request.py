"""An event that cannot be stored fails its own request alone, not the others of its commit."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import uuid4

import gevent
import pytest

from app.errors import Conflicting, NotFound, Problem

from .conftest import outcome

INCOMPRESSIBLE = "".join(map(chr, Random(1).choices(range(0x4E00, 0x9FFF), k=5_000)))


@pytest.fixture
def together(committer, busy, blocked, event):
    """Submit requests so that they are in one commit; what each of them got, receipts or an error."""

    def submit(*requests):
        with busy():
            first = gevent.spawn(committer.submit, [event()])
            blocked()
            waiting = [gevent.spawn(outcome, committer, request) for request in requests]
            gevent.sleep(0)
        first.get()
        return [greenlet.get() for greenlet in waiting]

    return submit


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param({"session_id": "nul \0 byte"}, id="the driver refuses it"),
        pytest.param({"event_data": {"text": "nul \0 byte"}}, id="PostgreSQL refuses it"),
        pytest.param(
            {"event_type": "message.sent", "event_data": {"messageId": INCOMPRESSIBLE}},
            id="no index holds it",
        ),
    ],
)
def test_unstorable_event_fails_alone(together, event, events, log, poison):
    bad = [event(), replace(event(), **poison), event()]
    assert together(events(1), bad, events(2)) == [[2], Problem, [3, 4]]
    assert len(log()) == 4


def test_id_of_another_event_is_refused(committer, together, event, events, log):
    committer.submit([event("taken", "user.login")])
    outcomes = together(events(1), [event(), event("taken", "user.logout")], events(2))
    assert outcomes == [[3], Conflicting, [4, 5]]
    assert len(log()) == 5


def test_deleted_workspace_fails_alone(together, event, events):
    gone = replace(event(), workspace_id=uuid4())
    assert together(events(1), [gone], events(2)) == [[2], NotFound, [3, 4]]


def test_conflict_in_a_commit_keeps_first(together, event, events):
    outcomes = together([event("e-1", "user.login")], [event("e-1", "user.logout")], events(1))
    assert outcomes == [[2], Conflicting, [3]]


def test_committer_survives_a_bad_request(committer, together, event, events):
    together([replace(event(), session_id="\0")])
    assert [receipt.seq for receipt in committer.submit(events(2)).receipts] == [2, 3]
