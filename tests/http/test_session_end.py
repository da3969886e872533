"""When a session ends: at sign-out, after 30 days, with the user; on the server, whatever the browser keeps."""

from conftest import PASSWORD

MIKA = {"email": "mika@acme.test", "password": PASSWORD}


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
