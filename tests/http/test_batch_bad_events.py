"""A batch with a bad event is refused whole, and the answer names index and field of every bad one."""

import pytest
from posting import BATCH, NDJSON, ago, ndjson, stored_ids

GOOD = {"eventType": "message.sent"}


@pytest.fixture
def refused(mika, sql):
    def post(*events: object) -> dict:
        answer = mika.post(BATCH, json={"events": events})
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        assert answer.get_json()["code"] == "INVALID_EVENT"
        assert stored_ids(sql) == []
        return answer.get_json()

    return post


def test_bad_events_and_fields_are_named(refused):
    problem = refused(
        GOOD,
        {"eventType": "Message Sent", "sessionId": ""},
        GOOD,
        {"eventType": "message.deleted", "eventData": {"messageId": 7}},
        "nonsense",
        {"eventType": "a.b", "timestamp": ago(hours=25), "colour": "red"},
        {"eventType": "a.b", "eventData": {"deep": {"er": "\0"}}},
    )
    assert problem["errors"] == {
        "events.1.eventType": [
            "Must be two to four lower-case words joined by dots, such as message.sent, "
            "and at most 64 characters."
        ],
        "events.1.sessionId": ["Length must be between 1 and 128."],
        "events.3.eventData.messageId": [
            "message.deleted expects messageId: must be a string of 1 to 128 characters."
        ],
        "events.4": ["Must be a JSON object."],
        "events.5.colour": ["Unknown field."],
        "events.6.eventData.deep.er": ["The text must not contain the null character (\\u0000)."],
    }
    assert problem["detail"] == (
        "5 of 7 events are not valid, so none was stored. "
        "events.1.eventType: Must be two to four lower-case words joined by dots, such as message.sent, "
        "and at most 64 characters."
    )


def test_ndjson_errors_count_events_not_lines(mika, sql):
    body = "\n\n" + ndjson(GOOD, {"eventType": "message.sent", "eventData": []})
    answer = mika.post(BATCH, data=body, content_type=NDJSON)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"events.1.eventData": ["Must be a JSON object."]}
    assert stored_ids(sql) == []


def test_largest_event_is_accepted_in_a_batch(refused, mika, sql):
    def event(size: int) -> dict:
        empty = len('{"eventType":"a.b","eventData":{"text":""}}')
        return {"eventType": "a.b", "eventData": {"text": "x" * (size - empty)}}

    problem = refused(GOOD, event(65_537))
    assert problem["errors"] == {"events.1": ["Must be at most 65536 bytes of JSON."]}
    assert mika.post(BATCH, json={"events": [GOOD, event(65_536)]}).status_code == 200


def test_errors_of_a_batch_are_bounded(refused):
    problem = refused(*[{}] * 1_000)
    assert list(problem["errors"]) == [f"events.{index}.eventType" for index in range(200)]
    assert problem["detail"] == (
        "1000 of 1000 events are not valid, so none was stored. "
        "events.0.eventType: Missing: name what happened. The errors of 800 more are not listed."
    )
