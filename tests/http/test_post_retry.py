"""A retry is harmless: same id, same content, same answer; the same id for something else is a conflict."""

import pytest
from posting import REALTIME, ago

EVENT = {"eventType": "message.sent", "eventData": {"messageId": "m-1"}, "sessionId": "s-1", "eventId": "e-1"}


def post(person, event=EVENT, **options):
    answer = person.post(REALTIME, json=event, **options)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def counts(sql) -> list:
    """Events by their minutes, events in the log, and the log's last number."""
    by_minute = "SELECT sum(count) FROM minute_counts"
    return sql(f"SELECT ({by_minute}), (SELECT count(*) FROM events), max(last_seq) FROM event_heads")  # noqa: S608


def test_retry_gets_the_first_response(mika, sql):
    first = post(mika)
    post(mika, {"eventType": "user.active"})
    assert post(mika) == first | {"duplicate": True}
    assert counts(sql) == [(2, 2, 2)]


def test_header_and_id_are_equivalent(mika, sql):
    event = {"eventType": "user.active"}
    first = post(mika, event, headers={"Idempotency-Key": "k-1"})
    assert first["eventId"] == "k-1"
    assert post(mika, event, headers={"Idempotency-Key": "k-1"}) == first | {"duplicate": True}
    assert post(mika, event | {"eventId": "k-1"}) == first | {"duplicate": True}
    assert post(mika, event | {"eventId": "k-1"}, headers={"Idempotency-Key": "k-1"})["duplicate"]
    assert counts(sql) == [(1, 1, 1)]


def test_header_and_id_must_agree(mika, sql):
    answer = mika.post(REALTIME, json=EVENT, headers={"Idempotency-Key": "other"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["eventId"])
    assert sql("SELECT * FROM events") == []


@pytest.mark.parametrize(
    "change",
    [
        {"eventType": "message.edited"},
        {"eventData": {"messageId": "m-2"}},
        {"eventData": {}},
        {"sessionId": "s-2"},
        {"sessionId": None},
        {"timestamp": ago(minutes=1)},
    ],
)
def test_taken_id_is_a_conflict(mika, sql, change):
    post(mika)
    answer = mika.post(REALTIME, json=EVENT | change)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert "e-1" in answer.get_json()["detail"]
    assert counts(sql) == [(1, 1, 1)]


def test_id_of_other_user_is_a_conflict(mika, olivia):
    post(mika)
    assert olivia.post(REALTIME, json=EVENT).status_code == 409


def test_ids_are_per_workspace(mika, oscar):
    post(mika)
    answer = oscar.post(REALTIME.replace("acme", "elsewhere"), json=EVENT).get_json()
    assert (answer["seq"], "duplicate" in answer) == (1, False)


def test_key_order_is_irrelevant(mika):
    post(mika, EVENT | {"eventData": {"a": 1, "b": {"c": 2, "d": 3}}})
    assert post(mika, EVENT | {"eventData": {"b": {"d": 3, "c": 2}, "a": 1}})["duplicate"]


@pytest.mark.parametrize("key", ["", " ", "x" * 129, "with space", "tab\t", "ünï"])
def test_invalid_key_is_named(mika, key):
    answer = mika.post(REALTIME, json={"eventType": "user.active"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["Idempotency-Key"])
