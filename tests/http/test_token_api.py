"""`/api/workspaces/<ws>/tokens`: made once, listed without the secret, revoked; errors by field."""

import hashlib
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from scripts import REALTIME, TOKENS, Clock, Script, keep_time

from app.domain.instants import iso

WANTED = {"name": "Build server", "scopes": ["stats:read", "events:write"]}


@pytest.fixture
def workers(make_app):
    """Two apps on one database, as two workers are, and the clock of their caches."""
    clock, apps = Clock(), [make_app(), make_app()]
    for app in apps:
        keep_time(app, clock)
    return clock, apps


def through(app, token: str) -> Script:
    return Script(app, app.response_class, use_cookies=False).show(token)


def test_answer_holds_the_token_and_its_entry(olivia, cast, sql):
    answer = olivia.post(TOKENS, json=WANTED)
    body = answer.get_json()
    [row] = sql("SELECT id, created_at FROM tokens")
    assert answer.status_code == 201
    assert re.fullmatch("pulse_[0-9a-f]{64}", body["token"])
    assert body == {
        "token": body["token"],
        "id": str(row.id),
        "name": "Build server",
        "prefix": body["token"][:14],
        "scopes": ["events:write", "stats:read"],
        "createdAt": iso(row.created_at),
        "lastUsedAt": None,
        "expiresAt": None,
        "user": {"id": str(cast["olivia"]), "email": "olivia@acme.test", "name": "Olivia"},
    }


def test_token_may_expire(olivia, sql):
    moment = datetime.now(UTC) + timedelta(days=30)
    body = olivia.post(TOKENS, json=WANTED | {"expiresAt": moment.isoformat()}).get_json()
    [row] = sql("SELECT expires_at FROM tokens")
    assert body["expiresAt"] == iso(moment) == iso(row.expires_at)


def test_only_the_hash_is_stored(olivia, sql):
    token = olivia.post(TOKENS, json=WANTED).get_json()["token"]
    [row] = sql("SELECT token_hash, tokens::text AS everything FROM tokens")
    assert bytes(row.token_hash) == hashlib.sha256(token.encode()).digest()
    assert token[14:] not in row.everything


def test_tokens_are_random(olivia):
    tokens = [olivia.post(TOKENS, json=WANTED).get_json()["token"] for _ in range(5)]
    assert len({token[:14] for token in tokens}) == 5


def test_repeated_scope_is_one_scope(olivia):
    body = olivia.post(TOKENS, json={"name": "Twice", "scopes": ["admin", "admin"]}).get_json()
    assert body["scopes"] == ["admin"]


def test_token_made_by_a_token_is_its_users(script, cast):
    answer = script("admin").post(TOKENS, json=WANTED)
    assert (answer.status_code, answer.get_json()["user"]["id"]) == (201, str(cast["olivia"]))


def test_list_has_no_secrets(olivia, script, cast):
    reader = script("stats:read", of="vera", name="Wall screen")
    made = olivia.post(TOKENS, json=WANTED).get_json()
    answer = olivia.get(TOKENS)
    assert answer.status_code == 200
    [newest, oldest] = answer.get_json()["data"]
    assert newest == {key: value for key, value in made.items() if key != "token"}
    assert (oldest["id"], oldest["name"], oldest["prefix"], oldest["scopes"]) == (
        str(reader.token_id),
        "Wall screen",
        reader.token[:14],
        ["stats:read"],
    )
    assert oldest["user"] == {"id": str(cast["vera"]), "email": "vera@acme.test", "name": "Vera"}
    assert made["token"] not in answer.text
    assert reader.token not in answer.text


def test_tokens_belong_to_a_workspace(olivia, oscar, script):
    token = script("admin", of="oscar", workspace="elsewhere")
    assert olivia.get(TOKENS).get_json() == {"data": []}
    assert olivia.delete(f"{TOKENS}/{token.token_id}").status_code == 404
    [entry] = oscar.get("/api/workspaces/elsewhere/tokens").get_json()["data"]
    assert entry["user"]["name"] == "Oscar"


def test_revocation_deletes_the_row(olivia, script, sql):
    gone, kept = script("stats:read"), script("stats:read")
    answer = olivia.delete(f"{TOKENS}/{gone.token_id}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert [row.id for row in sql("SELECT id FROM tokens")] == [kept.token_id]
    assert olivia.delete(f"{TOKENS}/{gone.token_id}").status_code == 404


def test_revocation_takes_half_a_second(workers, olivia, script):
    clock, apps = workers
    token = script("stats:read")
    clients = [through(app, token.token) for app in apps]
    assert [client.get(REALTIME).status_code for client in clients] == [200, 200]
    olivia.delete(f"{TOKENS}/{token.token_id}")
    clock.now += 0.5
    assert [client.get(REALTIME).status_code for client in clients] == [401, 401]


@pytest.mark.parametrize("token_id", [str(uuid.uuid4()), "1", "x" * 5_000, "%00"])
def test_unknown_token_is_not_found(olivia, token_id):
    answer = olivia.delete(f"{TOKENS}/{token_id}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "NOT_FOUND")


def test_token_may_revoke_itself(script, sql):
    admin = script("admin")
    assert admin.delete(f"{TOKENS}/{admin.token_id}").status_code == 204
    assert sql("SELECT * FROM tokens") == []


GOOD = {"name": "Build server", "scopes": ["events:write"]}
MISSING = ["Missing data for required field."]
UNKNOWN_SCOPE = ["Must be one of: events:write, events:write-as, stats:read, admin."]
NAME = ["Must be 1 to 100 visible characters."]
NOT_A_TIME = ["Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."]
NOT_AHEAD = ["Must lie ahead, at most 3650 days; leave it out for never."]


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


CASES = [
    ({}, {"name": MISSING, "scopes": MISSING}),
    (GOOD | {"name": ""}, {"name": NAME}),
    (GOOD | {"name": "x" * 101}, {"name": NAME}),
    (GOOD | {"name": "a\nb"}, {"name": NAME}),
    (GOOD | {"name": 7}, {"name": ["Not a valid string."]}),
    (GOOD | {"name": "\0"}, {"name": ["The text must not contain the null character (\\u0000)."]}),
    (GOOD | {"scopes": []}, {"scopes": ["Name at least one scope."]}),
    (GOOD | {"scopes": "admin"}, {"scopes": ["Not a valid list."]}),
    (GOOD | {"scopes": ["admin", "root"]}, {"scopes.1": UNKNOWN_SCOPE}),
    (GOOD | {"scopes": [["admin"]]}, {"scopes.0": ["Not a valid string."]}),
    (GOOD | {"expiresAt": "tomorrow"}, {"expiresAt": NOT_A_TIME}),
    (GOOD | {"expiresAt": 1_900_000_000}, {"expiresAt": NOT_A_TIME}),
    (GOOD | {"expiresAt": in_days(-0.001)}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": in_days(3_651)}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": "0001-01-01T00:00:00+14:00"}, {"expiresAt": NOT_AHEAD}),
    (GOOD | {"expiresAt": "9999-12-31T23:59:59-14:00"}, {"expiresAt": NOT_AHEAD}),
]


@pytest.mark.parametrize(("body", "errors"), CASES)
def test_wrong_field_is_named(olivia, sql, body, errors):
    answer = olivia.post(TOKENS, data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (answer.get_json()["code"], answer.get_json()["errors"]) == ("INVALID_INPUT", errors)
    assert sql("SELECT * FROM tokens") == []
