"""A body that is no batch is refused in words that say what a batch is; nothing is stored."""

import json

import pytest
from posting import BATCH, NDJSON, ndjson, stored_ids

GOOD = {"eventType": "message.sent"}
JSON = "application/json"


@pytest.fixture(autouse=True)
def _nothing_is_stored(sql):
    yield
    assert stored_ids(sql) == []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"events": ["Must be a list of events."]}),
        ({"events": None}, {"events": ["Must be a list of events."]}),
        ({"events": {}}, {"events": ["Must be a list of events."]}),
        ({"events": []}, {"events": ["Must hold 1 to 1000 events, not 0."]}),
        ({"events": [GOOD] * 1_001}, {"events": ["Must hold 1 to 1000 events, not 1001."]}),
        ({"events": [GOOD], "note": 1}, {"note": ["Unknown field."]}),
        ({"events": [GOOD], "n" * 100: 1}, {"n" * 64: ["Unknown field."]}),
        ({"events": [GOOD], "\ud800": 1}, {"\ufffd": ["Unknown field."]}),
        ([GOOD], {"body": ['Must be a JSON object: {"events": […]}.']}),
    ],
)
def test_json_that_is_no_batch(mika, body, errors):
    answer = mika.post(BATCH, data=json.dumps(body), content_type=JSON)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "INVALID_EVENT")
    assert answer.get_json()["errors"] == errors


@pytest.mark.parametrize(("events", "count"), [([], 0), ([GOOD] * 1_001, 1_001)])
def test_ndjson_with_too_few_or_too_many_lines(mika, events, count):
    answer = mika.post(BATCH, data=ndjson(*events), content_type=NDJSON)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"events": [f"Must hold 1 to 1000 events, not {count}."]}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"eventType":"a.b"}\n\n{"eventType":\n', "Line 3: Expecting value at column 14."),
        (b'{"eventType":"a.b"}\n{"a":"\xff"}', "Line 2: Not UTF-8 at byte 6."),
        (b'[\n{"eventType":"a.b"}\n]', "Line 1: Expecting value at column 2."),
        (b'{"eventType":"a.b"} {"eventType":"a.b"}', "Line 1: Extra data at column 21."),
    ],
)
def test_invalid_line_is_named(mika, body, detail):
    answer = mika.post(BATCH, data=body, content_type=NDJSON)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "INVALID_JSON")
    assert answer.get_json()["detail"] == detail


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type(mika, kind):
    answer = mika.post(BATCH, data=ndjson(GOOD), content_type=kind)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert (
        answer.get_json()["detail"]
        == "Send the batch with Content-Type: application/json or application/x-ndjson."
    )


def test_more_than_a_mebibyte(mika):
    answer = mika.post(BATCH, data=b" " * (1024 * 1024 + 1), content_type=NDJSON)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
