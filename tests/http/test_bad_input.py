"""Bad input: each kind gets a 4xx problem document that names the field, stores nothing, and never a 500."""

import json

import pytest
from posting import REALTIME, ago
from sqlalchemy import func, select

from app.extensions import db

BEFORE = {
    "users",
    "sessions",
    "workspaces",
    "memberships",
    "event_heads",
    "audit_entries",
}  # what the cast needs

TOO_DEEP = '{"a":' * 10 + "{}" + "}" * 10  # eleven levels


def with_data(text: str) -> str:
    """An event that is right but, perhaps, for its data."""
    return f'{{"eventType": "note.taken", "eventData": {text}}}'


# What is wrong → the body, the status and code it gets, and the field that is named.
MALFORMED = {
    "nothing": "",
    "no JSON": "eventType=message.sent",
    "half an object": '{"eventType": "message.sent"',
    "two values": '{"eventType": "user.active"} {}',
    "a comment": '{"eventType": "user.active" /* why */}',
    "a trailing comma": '{"eventType": "user.active",}',
    "single quotes": "{'eventType': 'user.active'}",
    "a raw line end in a text": '{"eventType": "user.active", "eventData": {"a": "\n"}}',
    "a key twice": '{"eventType": "user.active", "eventType": "user.login"}',
    "a key twice, deep inside": '{"eventType": "user.active", "eventData": {"a": [{"b": 1, "b": 2}]}}',
    "not UTF-8": b'{"eventType": "user.active", "eventData": {"a": "\xff"}}',
    "UTF-16": '{"eventType": "user.active"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"eventType": "user.active"}',
    "depth beyond any parser": '{"eventType": "user.active", "eventData": '
    + "[" * 20_000
    + "]" * 20_000
    + "}",
}
WRONG = {
    "an array": ("[]", "body"),
    "a text": ('"user.active"', "body"),
    "a number": ("1", "body"),
    "null": ("null", "body"),
    "no type": ("{}", "eventType"),
    "a type of null": ('{"eventType": null}', "eventType"),
    "a type that is a number": ('{"eventType": 7}', "eventType"),
    "a type that is a list": ('{"eventType": ["user.active"]}', "eventType"),
    "an empty type": ('{"eventType": ""}', "eventType"),
    "a type of one word": ('{"eventType": "message"}', "eventType"),
    "a type in capitals": ('{"eventType": "Message.Sent"}', "eventType"),
    "a type with a line end": ('{"eventType": "message.sent\\n"}', "eventType"),
    "a type that breaks out of a frame": ('{"eventType": "a.b\\n\\nevent: bye"}', "eventType"),
    "a type of five words": ('{"eventType": "a.b.c.d.e"}', "eventType"),
    "a type too long": (json.dumps({"eventType": "a." + "b" * 63}), "eventType"),
    "an unknown field": ('{"eventType": "user.active", "evenData": {}}', "evenData"),
    "a field in other capitals": ('{"eventType": "user.active", "eventdata": {}}', "eventdata"),
    "a user of one's choice": ('{"eventType": "user.active", "userId": "x"}', "userId"),
    "data that are a text": ('{"eventType": "user.active", "eventData": "a"}', "eventData"),
    "data that are a list": ('{"eventType": "user.active", "eventData": []}', "eventData"),
    "data that are null": ('{"eventType": "user.active", "eventData": null}', "eventData"),
    "data that are true": ('{"eventType": "user.active", "eventData": true}', "eventData"),
    "data too deep": (with_data(TOO_DEEP), "eventData" + ".a" * 10),
    "NaN": (with_data('{"a": NaN}'), "eventData.a"),
    "Infinity": (with_data('{"a": [1, Infinity]}'), "eventData.a.1"),
    "minus Infinity": (with_data('{"a": {"b": -Infinity}}'), "eventData.a.b"),
    "a float beyond all": (with_data('{"a": 1e999}'), "eventData.a"),
    "a huge integer": (with_data('{"a": 9223372036854775808}'), "eventData.a"),
    "an integer of 5,000 digits": (with_data('{"a": ' + "9" * 5_000 + "}"), "eventData.a"),
    "a null character": (with_data('{"a": "\\u0000"}'), "eventData.a"),
    "a null character in a key": (with_data('{"a\\u0000": 1}'), "eventData.a\ufffd"),
    "half a surrogate pair": (with_data('{"a": "\\ud83d"}'), "eventData.a"),
    "the other half": (with_data('{"a": ["\\ude00"]}'), "eventData.a.0"),
    "half a surrogate pair in a key": (with_data('{"\\ud83d": 1}'), "eventData.\ufffd"),
    "a null character in the session": ('{"eventType": "user.active", "sessionId": "\\u0000"}', "sessionId"),
    "an empty session": ('{"eventType": "user.active", "sessionId": ""}', "sessionId"),
    "a session that is a number": ('{"eventType": "user.active", "sessionId": 7}', "sessionId"),
    "a session too long": (json.dumps({"eventType": "user.active", "sessionId": "s" * 129}), "sessionId"),
    "an empty id": ('{"eventType": "user.active", "eventId": ""}', "eventId"),
    "an id that is a number": ('{"eventType": "user.active", "eventId": 7}', "eventId"),
    "an id too long": (json.dumps({"eventType": "user.active", "eventId": "e" * 129}), "eventId"),
    "an id with a blank": ('{"eventType": "user.active", "eventId": "a b"}', "eventId"),
    "an id with a line end": ('{"eventType": "user.active", "eventId": "a\\n"}', "eventId"),
    "a time that is a number": ('{"eventType": "user.active", "timestamp": 1764978000123}', "timestamp"),
    "a time that is none": ('{"eventType": "user.active", "timestamp": "yesterday"}', "timestamp"),
    "a day that is none": ('{"eventType": "user.active", "timestamp": "2025-02-30T00:00:00Z"}', "timestamp"),
    "a time before all times": (
        '{"eventType": "user.active", "timestamp": "0001-01-01T00:00:00+14:00"}',
        "timestamp",
    ),
    "a time after all times": (
        '{"eventType": "user.active", "timestamp": "9999-12-31T23:59:59-14:00"}',
        "timestamp",
    ),
    "a time too long ago": (
        json.dumps({"eventType": "user.active", "timestamp": ago(hours=25)}),
        "timestamp",
    ),
    "a time too far ahead": (
        json.dumps({"eventType": "user.active", "timestamp": ago(hours=-2)}),
        "timestamp",
    ),
    "a deletion of nothing": ('{"eventType": "message.deleted"}', "eventData.messageId"),
    "a message id that is a number": (
        '{"eventType": "message.sent", "eventData": {"messageId": 7}}',
        "eventData.messageId",
    ),
    "a channel id too long": (
        json.dumps({"eventType": "message.sent", "eventData": {"channelId": "c" * 129}}),
        "eventData.channelId",
    ),
}
CONTENT_TYPES = [
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/x-ndjson",
    "text/event-stream",
]


@pytest.fixture
def post(mika):
    def send(body, content_type="application/json", **options):
        return mika.post(REALTIME, data=body, content_type=content_type, **options)

    return send


@pytest.fixture(autouse=True)
def nothing_is_stored(app, cast, sql):
    """Afterwards the log and every projection of it are as empty as before, and its head has not moved."""
    yield
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name not in BEFORE]
        assert "events" in {table.name for table in tables}
        for table in tables:
            with db.engine.connect() as connection:
                assert connection.execute(select(func.count()).select_from(table)).scalar() == 0, table.name
    assert sql("SELECT DISTINCT last_seq FROM event_heads") == [(0,)]


def problem(answer) -> tuple[int, str, str]:
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == answer.status_code
    assert (
        {"type", "title", "status", "code"}
        <= set(body)
        <= {"type", "title", "status", "code", "detail", "errors"}
    )
    return answer.status_code, body["code"], body.get("detail", "")


@pytest.mark.parametrize("what", MALFORMED)
def test_invalid_json_is_refused_with_reason(post, what):
    status, code, detail = problem(post(MALFORMED[what]))
    assert (status, code) == (400, "INVALID_JSON")
    assert detail.endswith(".")


@pytest.mark.parametrize("what", WRONG)
def test_invalid_event_names_its_field(post, what):
    body, field = WRONG[what]
    answer = post(body)
    status, code, detail = problem(answer)
    errors = answer.get_json()["errors"]
    assert (status, code, list(errors)) == (422, "INVALID_EVENT", [field])
    assert all(message.endswith(".") for message in errors[field])
    assert detail.startswith(f"{field}: ")


def test_every_wrong_field_is_named(post):
    answer = post('{"eventType": "NO", "sessionId": 1, "eventId": "a b", "eventData": [], "extra": 1}')
    assert sorted(answer.get_json()["errors"]) == ["eventData", "eventId", "eventType", "extra", "sessionId"]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_another_content_type_is_refused(post, content_type):
    status, code, _ = problem(post('{"eventType": "user.active"}', content_type))
    assert (status, code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_body_above_64_kib_is_refused(post):
    body = json.dumps({"eventType": "note.taken", "eventData": {"text": "x" * 65_536}})
    assert problem(post(body))[:2] == (413, "PAYLOAD_TOO_LARGE")


def test_megabyte_of_blanks_is_refused(post):
    assert problem(post(" " * 1_000_000 + '{"eventType": "user.active"}'))[:2] == (413, "PAYLOAD_TOO_LARGE")


def test_error_omits_unsendable_characters(post):
    answer = post('{"eventType": "note.taken", "eventData": {"\\u0000\\ud83d": NaN}}')
    assert problem(answer)[0] == 422
    answer.data.decode("utf-8")


def test_error_is_not_larger_than_the_body(post):
    body = with_data("{" + ",".join(f'"k{number}":NaN' for number in range(4_000)) + "}")
    answer = post(body)
    assert problem(answer)[0] == 422
    assert len(answer.data) < len(body)
