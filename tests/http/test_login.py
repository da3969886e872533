"""POST /api/auth/login and /me: a right password begins a session; everything else gets one refusal."""

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


MISSING = ["Missing data for required field."]
NULL_TEXT = ["The text must not contain the null character (\\u0000)."]
TEXT = ["Not a valid string."]
LONG = ["Length must be between 1 and 1024."]
CASES = [
    (b"", 400, "INVALID_JSON", {"detail": "The body is empty."}),
    (b"{}", 422, "INVALID_INPUT", {"errors": {"email": MISSING, "password": MISSING}}),
    (b'{"email":7,"password":["x"]}', 422, "INVALID_INPUT", {"errors": {"email": TEXT, "password": TEXT}}),
    (b'{"email":"a\\u0000@b.c","password":"x"}', 422, "INVALID_INPUT", {"errors": {"email": NULL_TEXT}}),
    (
        b'{"email":"a@b.c","password":"%s"}' % (b"x" * 1_025),
        422,
        "INVALID_INPUT",
        {"errors": {"password": LONG}},
    ),
    (b" " * 16_385, 413, "PAYLOAD_TOO_LARGE", {"detail": "The body may have at most 16384 bytes."}),
]


@pytest.mark.parametrize(("body", "status", "code", "more"), CASES)
def test_bad_body_names_its_fields(client, sql, body, status, code, more):
    answer = client.post("/api/auth/login", data=body, content_type="application/json")
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype, problem["code"]) == (
        status,
        "application/problem+json",
        code,
    )
    assert more.items() <= problem.items()
    assert sql("SELECT * FROM sessions") == []


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"]
)
def test_only_json_is_accepted(client, content_type):
    body = b'{"email":"mika@acme.test","password":"x"}'
    answer = client.post("/api/auth/login", data=body, content_type=content_type)
    assert answer.status_code == 415
    assert answer.get_json()["detail"] == "Send the body with Content-Type: application/json."


def test_charset_parameter_is_accepted(client, cast):
    answer = client.post("/api/auth/login", data=b"{}", content_type="application/json; charset=utf-8")
    assert answer.status_code == 422


def test_visitor_gets_401(client):
    answer = client.get("/api/auth/me")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.get_json() == {
        "type": "/api/docs#AUTH_REQUIRED",
        "title": "Sign in first",
        "status": 401,
        "code": "AUTH_REQUIRED",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_own_workspaces_by_slug(olivia, sql):
    sql("""
        INSERT INTO memberships (workspace_id, user_id, role)
        SELECT workspaces.id, users.id, 'viewer' FROM workspaces, users
        WHERE slug = 'elsewhere' AND users.name = 'Olivia'
    """)
    workspaces = olivia.get("/api/auth/me").get_json()["workspaces"]
    assert [(each["slug"], each["role"]) for each in workspaces] == [
        ("acme", "owner"),
        ("elsewhere", "viewer"),
    ]
