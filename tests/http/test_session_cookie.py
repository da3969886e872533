"""The session cookie: what it carries, and how it is fenced."""

import hashlib
from http.cookies import SimpleCookie

import pytest
from conftest import PASSWORD, new_browser
from itsdangerous import base64_decode

MIKA = {"email": "mika@acme.test", "password": PASSWORD}


NAMES = ["pulse_session", "pulse_browser"]


def set_cookies(answer):
    headers = answer.headers.getlist("Set-Cookie")
    assert [header.partition("=")[0] for header in headers] == NAMES
    return {name: SimpleCookie(header)[name] for name, header in zip(NAMES, headers, strict=True)}


@pytest.mark.parametrize("name", NAMES)
def test_scripts_and_other_sites_cannot_use_it(client, cast, name):
    cookie = set_cookies(client.post("/api/auth/login", json=MIKA))[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
        True,
        "Lax",
        "/",
        "",
    )


@pytest.mark.parametrize("name", NAMES)
def test_cookie_is_secure_over_https(client, cast, name):
    assert set_cookies(client.post("/api/auth/login", json=MIKA))[name]["secure"] == ""
    https = client.post("/api/auth/login", json=MIKA, base_url="https://pulse.test")
    assert set_cookies(https)[name]["secure"] is True


@pytest.mark.parametrize(("proxies", "secure"), [("0", ""), ("1", True)])
def test_only_trusted_proxies_set_https(make_app, cast, proxies, secure):
    app = make_app(PULSE_TRUSTED_PROXIES=proxies)
    client = new_browser(app)
    answer = client.post("/api/auth/login", json=MIKA, headers={"X-Forwarded-Proto": "https"})
    assert [cookie["secure"] for cookie in set_cookies(answer).values()] == [secure] * 2


def test_only_the_token_hash_is_stored(client, cast, sql):
    client.post("/api/auth/login", json=MIKA)
    with client.session_transaction() as session:
        token = session["_user_id"]
        assert set(session) == {"_user_id", "_fresh", "_permanent"}
    assert len(base64_decode(token)) == 32
    [row] = sql("SELECT token_hash, user_id, expires_at - created_at AS lifetime FROM sessions")
    assert bytes(row.token_hash) == hashlib.sha256(token.encode()).digest()
    assert (row.user_id, row.lifetime.days) == (cast["mika"], 30)


def test_sign_in_rotates_the_session(client, cast, sql):
    client.post("/api/auth/login", json=MIKA)
    first = client.get_cookie("pulse_session").value
    client.post("/api/auth/login", json={"email": "olivia@acme.test", "password": PASSWORD})
    assert client.get_cookie("pulse_session").value != first
    assert [row.user_id for row in sql("SELECT user_id FROM sessions")] == [cast["olivia"]]
    client.set_cookie("pulse_session", first)
    assert client.get("/api/auth/me").status_code == 401


def test_sign_in_clears_the_cookie(client, cast):
    with client.session_transaction() as session:
        session["planted"] = "by an attacker"
        session["_user_id"] = "known to the attacker"
    client.post("/api/auth/login", json=MIKA)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] != "known to the attacker"


def test_cookie_is_set_at_sign_in_only(mika):
    assert "Set-Cookie" not in mika.get("/api/auth/me").headers


def test_rotated_key_keeps_sessions(make_app, environ, client, cast):
    client.post("/api/auth/login", json=MIKA)
    signed_before = client.get_cookie("pulse_session").value
    new_key = {"PULSE_SECRET_KEY": "k" * 16 + "0123456789abcdef"}
    status = {}
    for fallbacks in ("", environ["PULSE_SECRET_KEY"]):
        app = make_app(**new_key, PULSE_SECRET_KEY_FALLBACKS=fallbacks)
        browser = new_browser(app)
        browser.set_cookie("pulse_session", signed_before)
        status[bool(fallbacks)] = browser.get("/api/auth/me").status_code
    assert status == {False: 401, True: 200}
