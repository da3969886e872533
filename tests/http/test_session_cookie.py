"""The session cookie: its attributes, its content, and its name across an upgrade."""

import hashlib
from http.cookies import SimpleCookie

import pytest
from conftest import PASSWORD, Browser, new_browser
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner, base64_decode

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


OLD = SecureCookieSessionInterface()


@pytest.fixture
def old_cookie(app, mika):
    """Mika's session in the cookie of the version before; her browser has no other."""
    with mika.session_transaction() as session:
        value = OLD.get_signing_serializer(app).dumps(dict(session))
    mika.delete_cookie("pulse_session")
    mika.set_cookie("session", value)
    return value


def is_signed_in(browser) -> bool:
    return browser.get("/api/auth/me").status_code == 200


def test_old_cookie_name_is_replaced(mika, old_cookie):
    assert is_signed_in(mika)
    assert mika.get_cookie("pulse_session") is not None
    mika.delete_cookie("session")
    assert is_signed_in(mika)


def test_old_workers_read_the_cookie(app, mika, old_cookie):
    assert is_signed_in(mika)  # by a worker of this version, during a reload
    kept = OLD.get_signing_serializer(app).loads(mika.get_cookie("session").value)
    with mika.session_transaction() as session:
        assert kept["_user_id"] == session["_user_id"]


def test_sign_in_deletes_the_old_cookie(mika, old_cookie):
    mika.post("/api/auth/login", json=MIKA)
    assert mika.get_cookie("session") is None
    assert is_signed_in(mika)


def test_sign_out_deletes_the_old_cookie(mika, old_cookie):
    mika.post("/logout")
    assert (mika.get_cookie("session"), mika.get_cookie("pulse_session")) == (None, None)


def test_new_cookie_name_wins(mika, olivia, app):
    with olivia.session_transaction() as session:
        mika.set_cookie("session", OLD.get_signing_serializer(app).dumps(dict(session)))
    assert mika.get("/api/auth/me").get_json()["user"]["name"] == "Mika"


def test_foreign_cookie_is_left_alone(mika):
    mika.set_cookie("session", "eyJ1c2VyIjoxfQ.aSsVxw.of-another-application")
    assert is_signed_in(mika)
    mika.post("/logout")
    assert mika.get_cookie("session") is not None


def test_old_name_needs_prefix_over_https(make_app, mika, old_cookie):
    app = make_app(PULSE_PUBLIC_URL="https://pulse.test")
    stranger = new_browser(app)
    stranger.set_cookie("session", old_cookie)
    assert not is_signed_in(stranger)


@pytest.mark.parametrize("ahead", [1, 120 * 24 * 3600])
def test_clock_ahead_does_not_matter(make_app, cast, monkeypatch, ahead):
    app = make_app()
    browser = new_browser(app)
    with monkeypatch.context() as clock:  # of the machine that signs; the next request is another one's
        now = TimestampSigner.get_timestamp
        clock.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) + ahead)
        browser.post("/api/auth/login", json=MIKA)
    assert is_signed_in(browser)


def test_session_row_has_the_expiry(mika, sql):
    sql("UPDATE sessions SET expires_at = now() - interval '1 second'")
    assert not is_signed_in(mika)


def test_cookie_has_max_age(client, cast):
    cookie = client.post("/api/auth/login", json=MIKA).headers["Set-Cookie"]
    assert "Max-Age=2592000" in cookie  # which browsers prefer to Expires


def test_form_detects_blocked_cookies(app, cast):
    blocked = Browser(app, app.response_class, use_cookies=False)
    assert 'name="cookies" value="1"' in blocked.get("/login").text
    page = blocked.post("/login", data=MIKA | {"cookies": "1"})
    assert page.status_code == 422
    assert "Your browser did not send our cookie back." in page.text


def test_sign_in_form_with_cookies_signs_in(client, cast):
    client.get("/login")
    assert client.post("/login", data=MIKA | {"cookies": "1"}).location == "/"
