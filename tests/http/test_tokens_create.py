"""POST /api/workspaces/<ws>/tokens: an admin makes a token, and sees it this once."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from scripts import TOKENS

from app.domain.instants import iso

WANTED = {"name": "Build server", "scopes": ["stats:read", "events:write"]}


def test_the_answer_holds_the_token_and_its_entry(olivia, cast, sql):
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


def test_it_may_expire(olivia, sql):
    moment = datetime.now(UTC) + timedelta(days=30)
    body = olivia.post(TOKENS, json=WANTED | {"expiresAt": moment.isoformat()}).get_json()
    [row] = sql("SELECT expires_at FROM tokens")
    assert body["expiresAt"] == iso(moment) == iso(row.expires_at)


def test_only_its_hash_is_stored(olivia, sql):
    token = olivia.post(TOKENS, json=WANTED).get_json()["token"]
    [row] = sql("SELECT token_hash, tokens::text AS everything FROM tokens")
    assert bytes(row.token_hash) == hashlib.sha256(token.encode()).digest()
    assert token[14:] not in row.everything


def test_no_cache_may_keep_the_answer(olivia):
    assert olivia.post(TOKENS, json=WANTED).headers["Cache-Control"] == "no-store"


def test_no_two_tokens_are_alike(olivia):
    tokens = [olivia.post(TOKENS, json=WANTED).get_json()["token"] for _ in range(5)]
    assert len({token[:14] for token in tokens}) == 5


def test_a_scope_named_twice_is_one_scope(olivia):
    body = olivia.post(TOKENS, json={"name": "Twice", "scopes": ["admin", "admin"]}).get_json()
    assert body["scopes"] == ["admin"]


def test_an_admin_makes_one_too(mika, sql, cast):
    sql("UPDATE memberships SET role = 'admin' FROM users WHERE users.id = user_id AND name = 'Mika'")
    answer = mika.post(TOKENS, json=WANTED)
    assert (answer.status_code, answer.get_json()["user"]["id"]) == (201, str(cast["mika"]))


def test_a_token_with_the_scope_admin_makes_tokens_of_its_user(script, cast):
    answer = script("admin").post(TOKENS, json=WANTED)
    assert (answer.status_code, answer.get_json()["user"]["id"]) == (201, str(cast["olivia"]))


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("mika", 403, "FORBIDDEN"),
        ("vera", 403, "FORBIDDEN"),
        ("oscar", 404, "NOT_FOUND"),
        ("client", 401, "AUTH_REQUIRED"),
    ],
)
def test_nobody_else_makes_one(request, cast, sql, name, status, code):
    answer = request.getfixturevalue(name).post(TOKENS, json=WANTED)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert sql("SELECT * FROM tokens") == []
