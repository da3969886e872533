"""A commit decides, request by request, what is new, what is a repeat, and what contradicts the log."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from uuid import UUID

import pytest

from app.domain.event import NewEvent, NumberedEvent, Receipt
from app.domain.numbering import EventIdConflict, KnownEventId, WorkspaceGone, number_events

ACME, ELSEWHERE = UUID(int=1), UUID(int=2)
MIKA, VERA = UUID(int=11), UUID(int=12)
NOON = datetime(2025, 12, 6, 12, tzinfo=UTC)


def event(event_id: str, workspace: UUID = ACME, **changes) -> NewEvent:
    fields = {"event_type": "message.sent", "event_data": {}, "user_id": MIKA} | changes
    return NewEvent(workspace_id=workspace, event_id=event_id, **fields)


def decide(*requests: list[NewEvent], heads=None, known=None):
    return number_events(requests, {ACME: 812, ELSEWHERE: 0} if heads is None else heads, known or {}, NOON)


def seqs(fresh: list[NumberedEvent]) -> list[tuple[str, int]]:
    return [(entry.event.event_id, entry.seq) for entry in fresh]


def test_new_events_get_gapless_numbers():
    outcomes, fresh = decide([event("a")], [event("b"), event("c")])
    assert outcomes == [[Receipt("a", 813, NOON)], [Receipt("b", 814, NOON), Receipt("c", 815, NOON)]]
    assert seqs(fresh) == [("a", 813), ("b", 814), ("c", 815)]


def test_numbers_are_per_workspace():
    _, fresh = decide([event("a")], [event("a", ELSEWHERE)], [event("b")], [event("b", ELSEWHERE)])
    assert seqs(fresh) == [("a", 813), ("a", 1), ("b", 814), ("b", 2)]


def test_timestamp_defaults_to_receipt():
    earlier = NOON - timedelta(hours=3)
    _, (dated, undated) = decide([event("a", timestamp=earlier), event("b")])
    assert dated.occurred_at == earlier
    assert undated.occurred_at == NOON


def test_retry_gets_the_first_receipt():
    before = NOON - timedelta(minutes=1)
    known = {(ACME, "a"): KnownEventId(700, event("a").fingerprint(), before)}
    outcomes, fresh = decide([event("a"), event("b")], known=known)
    assert outcomes == [[Receipt("a", 700, before, duplicate=True), Receipt("b", 813, NOON)]]
    assert seqs(fresh) == [("b", 813)]


@pytest.mark.parametrize("together", [True, False])
def test_copy_within_a_commit_is_duplicate(together):
    requests = [[event("a"), event("a")]] if together else [[event("a")], [event("a")]]
    outcomes, fresh = decide(*requests)
    assert list(chain(*outcomes)) == [Receipt("a", 813, NOON), Receipt("a", 813, NOON, duplicate=True)]
    assert seqs(fresh) == [("a", 813)]


@pytest.mark.parametrize(
    "changes",
    [
        {"event_type": "message.edited"},
        {"event_data": {"messageId": "m-1"}},
        {"user_id": VERA},
        {"session_id": "s-1"},
        {"timestamp": NOON},
    ],
)
def test_same_id_other_content_conflicts(changes):
    known = {(ACME, "a"): KnownEventId(700, event("a").fingerprint(), NOON)}
    assert decide([event("a", **changes)], known=known) == ([EventIdConflict(0, "a")], [])


def test_key_order_is_not_content():
    one = event("a", event_data={"x": 1, "y": {"b": 2, "a": 3}})
    other = event("a", event_data={"y": {"a": 3, "b": 2}, "x": 1})
    assert one.fingerprint() == other.fingerprint()


def test_ids_are_per_workspace():
    known = {(ELSEWHERE, "a"): KnownEventId(1, b"other", NOON)}
    outcomes, _ = decide([event("a")], known=known)
    assert outcomes == [[Receipt("a", 813, NOON)]]


def test_conflict_refuses_only_its_request():
    known = {(ACME, "taken"): KnownEventId(700, b"another event", NOON)}
    outcomes, fresh = decide([event("a"), event("taken")], [event("b")], known=known)
    assert outcomes == [EventIdConflict(1, "taken"), [Receipt("b", 813, NOON)]]
    assert seqs(fresh) == [("b", 813)]


def test_refused_events_are_not_known():
    known = {(ACME, "taken"): KnownEventId(700, b"another event", NOON)}
    outcomes, _ = decide([event("a"), event("taken")], [event("a")], known=known)
    assert outcomes[1] == [Receipt("a", 813, NOON)]


def test_ids_in_one_request_conflict():
    outcomes, fresh = decide([event("a"), event("a", event_data={"x": 1})])
    assert (outcomes, fresh) == ([EventIdConflict(1, "a")], [])


def test_deleted_workspace_fails_alone():
    outcomes, fresh = decide([event("a")], [event("b", ELSEWHERE)], heads={ELSEWHERE: 5})
    assert outcomes == [WorkspaceGone(), [Receipt("b", 6, NOON)]]
    assert seqs(fresh) == [("b", 6)]


def test_arguments_are_not_modified():
    heads, known = {ACME: 812}, {}
    decide([event("a")], heads=heads, known=known)
    assert (heads, known) == ({ACME: 812}, {})
