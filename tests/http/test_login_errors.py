"""POST /api/auth/login with a body that is not a sign-in: a 4xx that says what is wrong, and no session."""

import pytest

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
