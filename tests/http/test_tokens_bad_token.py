"""A token that is none: 401, a challenge, and no question to the database when its form is wrong."""

import pytest
from scripts import REALTIME, Script
from sql_runner import executed

PROBLEM = {
    "type": "/api/docs#AUTH_REQUIRED",
    "title": "Sign in first",
    "status": 401,
    "code": "AUTH_REQUIRED",
    "detail": "There is no such token: it is mistyped, expired or revoked.",
}


@pytest.fixture
def stranger(app, cast):
    return Script(app, app.response_class, use_cookies=False)


def variants(token: str) -> list[str]:
    secret = token.removeprefix("pulse_")
    return [
        "",
        secret,
        "pulse_",
        token[:-1],
        token + "0",
        token.upper(),
        f"pulse-{secret}",
        f"{token} {token}",
        f"{token},Bearer {token}",
        f"{token}\0",
        token[:-1] + "é",
        "pulse_" + "x" * 64,
        "pulse_" + "٣" * 64,
        "x" * 5_000,
    ]


@pytest.mark.parametrize("number", range(14))
def test_malformed_token_costs_no_query(engine, stranger, script, number):
    stranger.show(variants(script("admin").token)[number])
    with executed(engine) as asked:
        answer = stranger.get(REALTIME)
    assert (answer.status_code, answer.mimetype, answer.get_json()) == (
        401,
        "application/problem+json",
        PROBLEM,
    )
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pulse", error="invalid_token"'
    assert [statement for statement in asked if "tokens" in statement] == []


def test_unknown_token_is_refused(stranger):
    answer = stranger.show("pulse_" + "0" * 64).get(REALTIME)
    assert (answer.status_code, answer.get_json()) == (401, PROBLEM)


def test_prefix_and_hash_are_no_tokens(stranger, script, sql):
    prefix = script("admin").token[:14]
    [row] = sql("SELECT encode(token_hash, 'hex') AS digits FROM tokens")
    for guess in (prefix, f"pulse_{row.digits}"):
        assert stranger.show(guess).get(REALTIME).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer   "])
def test_scheme_is_case_insensitive(stranger, script, scheme):
    headers = {"Authorization": f"{scheme} {script('stats:read').token}"}
    assert stranger.get(REALTIME, headers=headers).status_code == 200


def test_missing_token_is_challenged(stranger):
    answer = stranger.get(REALTIME)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="pulse"')
