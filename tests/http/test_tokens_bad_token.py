"""Bearer tokens that are malformed, unknown or beside a cookie: refused, and the cookie is ignored."""

import pytest
from scripts import EVENT, REALTIME, TOKENS, Script
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


CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("token", ["", "pulse_" + "0" * 64, "anything"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_bad_token_beside_good_cookie(olivia, sql, token, method):
    answer = olivia.open(REALTIME, method=method, json=EVENT, headers=bearer(token))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "AUTH_REQUIRED")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pulse", error="invalid_token"'
    assert sql("SELECT * FROM events") == []
    assert olivia.get(REALTIME).status_code == 200


def test_tokens_user_is_the_author(mika, script, cast, sql):
    token = script("events:write", of="olivia").token
    assert mika.post(REALTIME, json=EVENT, headers=bearer(token)).status_code == 200
    assert sql("SELECT user_id FROM events") == [(cast["olivia"],)]


def test_token_scopes_win_over_cookie(olivia, script):
    token = script("stats:read", of="vera").token
    assert olivia.get(TOKENS, headers=bearer(token)).status_code == 403


def test_foreign_cookie_is_ignored(oscar, script):
    assert oscar.get(REALTIME, headers=bearer(script("stats:read").token)).status_code == 200


def test_me_ignores_cookie_beside_token(olivia, script):
    assert olivia.get("/api/auth/me", headers=bearer(script("admin").token)).status_code == 401


def test_sign_out_ignores_cookie(olivia, script, sql):
    assert olivia.post("/api/auth/logout", headers=bearer(script("admin").token)).status_code == 204
    assert len(sql("SELECT * FROM sessions")) == 1


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_token_needs_no_csrf_check(script, method):
    answer = script("admin").open(REALTIME, method=method, json=EVENT, headers=CROSS_SITE)
    assert answer.status_code == 200


def test_token_stream_may_be_cross_site(script):
    headers = CROSS_SITE | {"Accept": "text/event-stream"}
    with script("stats:read").get(REALTIME, headers=headers) as answer:
        assert answer.status_code == 200


def test_bad_token_does_not_skip_csrf(olivia):
    answer = olivia.post(REALTIME, json=EVENT, headers=CROSS_SITE | bearer("x"))
    assert (answer.status_code, answer.get_json()["code"]) == (401, "AUTH_REQUIRED")


@pytest.mark.parametrize("header", ["Basic b2xpdmlhOng=", "Digest x", "Bearerx", ""])
def test_other_schemes_are_ignored(olivia, header):
    """A proxy with a password of its own passes that on; it is no token, and the cookie counts."""
    assert olivia.get(REALTIME, headers={"Authorization": header}).status_code == 200
    refused = olivia.post(REALTIME, json=EVENT, headers=CROSS_SITE | {"Authorization": header})
    assert refused.get_json()["code"] == "CROSS_SITE"
