"""POST /api/auth/login: a right password begins a session; everything else gets one and the same refusal."""

import pytest
from conftest import PASSWORD

REFUSAL = {
    "type": "/api/docs#BAD_CREDENTIALS",
    "title": "The e-mail address or the password is wrong",
    "status": 401,
    "code": "BAD_CREDENTIALS",
}


def test_sign_in_returns_profile(client, cast, sql):
    answer = client.post("/api/auth/login", json={"email": "Mika@Acme.test ", "password": PASSWORD})
    assert answer.status_code == 200
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    assert answer.get_json() == {
        "user": {"id": str(cast["mika"]), "email": "mika@acme.test", "name": "Mika"},
        "workspaces": [
            {"id": str(acme.id), "slug": "acme", "name": "Acme", "role": "member", "timezone": "UTC"}
        ],
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/api/auth/me").get_json() == answer.get_json()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("mika@acme.test", "wrong"),
        ("mika@acme.test", PASSWORD + " "),
        ("nobody@acme.test", PASSWORD),
        ("not an address", PASSWORD),
    ],
)
def test_unknown_address_is_not_revealed(client, cast, sql, email, password):
    answer = client.post("/api/auth/login", json={"email": email, "password": password})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json() == REFUSAL
    assert "Set-Cookie" not in answer.headers
    assert sql("SELECT * FROM sessions") == []


def test_inactive_user_cannot_sign_in(client, cast, sql):
    sql("UPDATE users SET is_active = false WHERE email = 'mika@acme.test'")
    answer = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": PASSWORD})
    assert (answer.status_code, answer.get_json()) == (401, REFUSAL)


def test_failed_sign_in_keeps_the_session(mika):
    answer = mika.post("/api/auth/login", json={"email": "olivia@acme.test", "password": "wrong"})
    assert answer.status_code == 401
    assert mika.get("/api/auth/me").get_json()["user"]["email"] == "mika@acme.test"


def test_combining_accents_match(client, cast, sql, app):
    from app.auth.passwords import make_hash

    composed, decomposed = "cr\u00e8me br\u00fbl\u00e9e", "cre\u0300me bru\u0302le\u0301e"
    sql("UPDATE users SET password_hash = :hash WHERE name = 'Mika'", hash=make_hash(composed))
    answer = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": decomposed})
    assert answer.status_code == 200
