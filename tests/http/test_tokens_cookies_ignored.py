"""A request that shows a token is judged by it alone: a cookie beside it neither helps nor harms."""

import pytest
from scripts import EVENT, REALTIME, TOKENS

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
