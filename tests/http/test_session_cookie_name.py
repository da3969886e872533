"""The cookie's own name and its signature without a clock; the name of the version before still opens."""

import pytest
from conftest import PASSWORD, Browser, new_browser
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner

MIKA = {"email": "mika@acme.test", "password": PASSWORD}
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
