"""Bad input: each kind gets a 4xx problem document that names the field, stores nothing, and never a 500."""

import pytest
from posting import REALTIME, ago
from sqlalchemy import func, select

from app.extensions import db

# What the cast needs.
BEFORE = {"users", "sessions", "workspaces", "memberships", "event_heads", "audit_entries"}


def with_data(text: str) -> str:
    """An event that is right but, perhaps, for its data."""
    return f'{{"eventType": "note.taken", "eventData": {text}}}'


def at(text: str) -> str:
    return f'{{"eventType": "user.active", "timestamp": {text}}}'


# What is wrong → the body, the status and code it gets, and the field that is named.
MALFORMED = {
    "nothing": "",
    "no JSON": "eventType=message.sent",
    "two values": '{"eventType": "user.active"} {}',
    "a key twice": '{"eventType": "user.active", "eventType": "user.login"}',
    "not UTF-8": b'{"eventType": "user.active", "eventData": {"a": "\xff"}}',
}
WRONG = {
    "an array": ("[]", "body"),
    "no type": ("{}", "eventType"),
    "a type of null": ('{"eventType": null}', "eventType"),
    "a type that is a number": ('{"eventType": 7}', "eventType"),
    "a type that is a list": ('{"eventType": ["user.active"]}', "eventType"),
    "a type of one word": ('{"eventType": "message"}', "eventType"),
    "a type that breaks out of a frame": ('{"eventType": "a.b\\n\\nevent: bye"}', "eventType"),
    "an unknown field": ('{"eventType": "user.active", "evenData": {}}', "evenData"),
    "a field in other capitals": ('{"eventType": "user.active", "eventdata": {}}', "eventdata"),
    "a user of one's choice": ('{"eventType": "user.active", "userId": "x"}', "userId"),
    "data that are a text": (with_data('"a"'), "eventData"),
    "data that are a list": (with_data("[]"), "eventData"),
    "data that are null": (with_data("null"), "eventData"),
    "data too deep": (with_data('{"a":' * 10 + "{}" + "}" * 10), "eventData" + ".a" * 10),
    "Infinity": (with_data('{"a": [1, Infinity]}'), "eventData.a.1"),
    "a number with a long notation": (with_data('{"a": 1e308}'), "eventData.a"),
    "a null character in a key": (with_data('{"a\\u0000": 1}'), "eventData.a\ufffd"),
    "a null character in the session": ('{"eventType": "user.active", "sessionId": "\\u0000"}', "sessionId"),
    "an empty session": ('{"eventType": "user.active", "sessionId": ""}', "sessionId"),
    "a session that is a number": ('{"eventType": "user.active", "sessionId": 7}', "sessionId"),
    "an empty id": ('{"eventType": "user.active", "eventId": ""}', "eventId"),
    "an id that is a number": ('{"eventType": "user.active", "eventId": 7}', "eventId"),
    "an id with a blank": ('{"eventType": "user.active", "eventId": "a b"}', "eventId"),
    "an id with a line end": ('{"eventType": "user.active", "eventId": "a\\n"}', "eventId"),
    "a time that is a number": (at("1764978000123"), "timestamp"),
    "a time that is none": (at('"yesterday"'), "timestamp"),
    "a day that is none": (at('"2025-02-30T00:00:00Z"'), "timestamp"),
    "a time before all times": (at('"0001-01-01T00:00:00+14:00"'), "timestamp"),
    "a time after all times": (at('"9999-12-31T23:59:59-14:00"'), "timestamp"),
    "a time too long ago": (at(f'"{ago(hours=25)}"'), "timestamp"),
    "a time too far ahead": (at(f'"{ago(hours=-2)}"'), "timestamp"),
    "a deletion of nothing": ('{"eventType": "message.deleted"}', "eventData.messageId"),
}
CONTENT_TYPES = [None, "", "application/jsonp", "application/x-ndjson", "multipart/form-data; boundary=x"]


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
