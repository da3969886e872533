"""A batch with an Idempotency-Key can be sent again as it is, though its events have no ids of their own."""

import pytest
from posting import BATCH, post_batch, stored_ids

A = {"eventType": "message.sent", "eventData": {"messageId": "m-1"}}
B = {"eventType": "message.sent", "eventData": {"messageId": "m-2"}}
KEY = {"Idempotency-Key": "import-7"}


def test_ids_derive_from_key_and_position(mika, sql):
    answer = post_batch(mika, A, B | {"eventId": "own"}, A, headers=KEY)
    assert [event["eventId"] for event in answer["events"]] == ["import-7:0", "own", "import-7:2"]
    assert stored_ids(sql) == ["import-7:0", "own", "import-7:2"]


def test_repeat_gets_the_first_answer(mika, sql):
    first = post_batch(mika, A, B, headers=KEY)
    second = post_batch(mika, A, B, headers=KEY)
    assert second["events"] == [event | {"duplicate": True} for event in first["events"]]
    assert len(stored_ids(sql)) == 2


@pytest.mark.parametrize("other", [(B, A), (A,), (A, B, B)])
def test_key_with_other_events_is_refused(mika, sql, other):
    post_batch(mika, A, B, headers=KEY)
    answer = mika.post(BATCH, json={"events": other}, headers=KEY)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert len(stored_ids(sql)) == 2


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 125])
def test_invalid_key_is_refused(mika, sql, key):
    answer = mika.post(BATCH, json={"events": [A]}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"Idempotency-Key": ["Must be 1 to 124 visible ASCII characters."]}
    assert stored_ids(sql) == []


def test_longest_key_makes_longest_id(mika, sql):
    post_batch(mika, *[A] * 1_000, headers={"Idempotency-Key": "k" * 124})
    assert len(stored_ids(sql)[-1]) == 128
