"""/api/auth/sessions: list, end one, end all; sign-out."""

import pytest
from conftest import PASSWORD, new_browser

from app.auth.signals import revoked

URL = "/api/auth/sessions"
MIKA = {"email": "mika@acme.test", "password": PASSWORD}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def firefox(app, cast):
    """Mika, in a second browser."""
    browser = new_browser(app)
    assert browser.post("/api/auth/login", json=MIKA, headers={"User-Agent": FIREFOX}).status_code == 200
    return browser


def listed(browser):
    return browser.get(URL).get_json()["data"]


def id_of(browser):
    return next(session["id"] for session in listed(browser) if session["current"])


def test_sessions_are_listed_newest_first(mika, firefox, vera):
    assert [(entry["browser"], entry["current"]) for entry in listed(mika)] == [
        ("Firefox on Linux", False),
        ("", True),
    ]
    assert {"id", "browser", "createdAt", "expiresAt", "current"} == set(listed(mika)[0])


def test_user_agent_is_not_stored(firefox, sql):
    assert FIREFOX not in str(sql("SELECT * FROM sessions"))


def test_expired_sessions_are_not_listed(mika, firefox, sql):
    sql("UPDATE sessions SET expires_at = now() WHERE browser <> ''")
    assert len(listed(mika)) == 1


def test_other_session_can_be_ended(mika, firefox):
    assert mika.delete(f"{URL}/{id_of(firefox)}").status_code == 204
    assert firefox.get("/api/auth/me").status_code == 401
    assert mika.get("/api/auth/me").status_code == 200


@pytest.mark.parametrize("wrong", ["0" * 24, "x", "0" * 23, "g" * 24, "%00"])
def test_unknown_session_is_404(mika, wrong):
    assert mika.delete(f"{URL}/{wrong}").status_code == 404


def test_foreign_session_is_404(mika, vera):
    assert mika.delete(f"{URL}/{id_of(vera)}").status_code == 404
    assert vera.get("/api/auth/me").status_code == 200


def test_sign_out_everywhere(mika, firefox, vera):
    assert mika.delete(URL).status_code == 204
    assert mika.get_cookie("pulse_session") is None
    assert [who.get("/api/auth/me").status_code for who in (mika, firefox, vera)] == [401, 401, 200]


def test_streams_of_all_sessions_end(mika, firefox):
    credentials = []

    def record(_sender, credential, **_):
        credentials.append(credential)

    with revoked.connected_to(record):
        mika.delete(URL)
    assert len(set(credentials)) == 2


def test_password_command_ends_all_sessions(app, client, firefox):
    runner = app.test_cli_runner()
    arguments = ["user", "set-password", "mika@acme.test", "--password-stdin"]
    done = runner.invoke(args=arguments, input="a longer horse battery\n")
    assert (done.exit_code, firefox.get("/api/auth/me").status_code) == (0, 401)
    answer = client.post("/api/auth/login", json=MIKA | {"password": "a longer horse battery"})
    assert answer.status_code == 200
    assert runner.invoke(args=arguments, input="short\n").exit_code == 1


def test_sign_out_invalidates_the_session(mika, sql):
    copy = mika.get_cookie("pulse_session").value
    answer = mika.post("/api/auth/logout")
    assert (answer.status_code, answer.data) == (204, b"")
    assert mika.get_cookie("pulse_session") is None
    assert sql("SELECT * FROM sessions") == []
    mika.set_cookie("pulse_session", copy)
    assert mika.get("/api/auth/me").status_code == 401


def test_sign_out_is_per_browser(client, mika):
    client.post("/api/auth/login", json=MIKA)
    mika.post("/api/auth/logout")
    assert client.get("/api/auth/me").status_code == 200


def test_signing_out_twice_is_harmless(mika):
    assert [mika.post("/api/auth/logout").status_code for _ in range(2)] == [204, 204]


def test_deactivated_user_is_signed_out(mika, sql):
    sql("UPDATE users SET is_active = false WHERE name = 'Mika'")
    assert mika.get("/api/auth/me").status_code == 401


def test_deleted_user_is_signed_out(mika, sql):
    sql("DELETE FROM users WHERE name = 'Mika'")
    assert mika.get("/api/auth/me").status_code == 401


def test_sign_in_sweeps_expired_sessions(client, mika, vera, sql):
    sql("UPDATE sessions SET expires_at = now() - interval '1 day' WHERE user_id = :id", id=vera.user_id)
    client.post("/api/auth/login", json=MIKA)
    assert [row.user_id for row in sql("SELECT user_id FROM sessions")] == [mika.user_id] * 2
