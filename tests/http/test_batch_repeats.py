"""A batch sent again, or a known event in it, is answered as a duplicate and counted once."""

import pytest
from posting import BATCH, REALTIME, post_batch, stored_ids

A = {"eventType": "message.sent", "eventId": "a", "eventData": {"messageId": "m-1"}}
B = {"eventType": "message.sent", "eventId": "b", "eventData": {"messageId": "m-2"}}


def test_repeated_batch_is_stored_once(mika, sql):
    first = post_batch(mika, A, B)
    second = post_batch(mika, A, B)
    assert second["events"] == [event | {"duplicate": True} for event in first["events"]]
    assert (second["count"], second["duplicates"]) == (2, 2)
    assert stored_ids(sql) == ["a", "b"]
    assert [tuple(row) for row in sql("SELECT count FROM minute_counts")] == [(2,)]


def test_single_event_repeated_in_a_batch(mika, sql):
    alone = mika.post(REALTIME, json=A).get_json()
    answer = post_batch(mika, B, A)
    assert answer["duplicates"] == 1
    assert answer["events"][1] == {
        "eventId": "a",
        "seq": 1,
        "timestamp": alone["timestamp"],
        "duplicate": True,
    }
    assert stored_ids(sql) == ["a", "b"]


def test_event_twice_in_a_batch_is_stored_once(mika, sql):
    answer = post_batch(mika, A, B, A)
    assert [event["seq"] for event in answer["events"]] == [1, 2, 1]
    assert [event.get("duplicate") for event in answer["events"]] == [None, None, True]
    assert answer["duplicates"] == 1
    assert stored_ids(sql) == ["a", "b"]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_taken_id_refuses_the_batch(mika, sql, position):
    post_batch(mika, A)
    events = [B, {"eventType": "deploy.finished"}]
    events.insert(position, A | {"eventData": {"messageId": "m-3"}})
    answer = mika.post(BATCH, json={"events": events})
    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["code"] == "IDEMPOTENCY_CONFLICT"
    assert list(problem["errors"]) == [f"events.{position}.eventId"]
    assert stored_ids(sql) == ["a"]


def test_id_of_two_events_refuses_batch(mika, sql):
    answer = mika.post(BATCH, json={"events": [A, B, B | {"eventId": "a"}]})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (409, ["events.2.eventId"])
    assert stored_ids(sql) == []
