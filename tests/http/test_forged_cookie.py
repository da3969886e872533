"""A forged, changed or expired cookie is a visitor's request, never a server error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture
def is_visitor(client, app):
    def ask(value: str, name: str = "pulse_session") -> bool:
        answers = [
            client.get(path, headers={"Cookie": f"{name}={value}"}) for path in ("/api/auth/me", "/login")
        ]
        return [answer.status_code for answer in answers] == [401, 200]

    return ask


def signed(app, content) -> str:
    return app.session_interface.signer(app).dumps(content)


def test_changed_cookie_is_invalid(mika, is_visitor):
    value = mika.get_cookie("pulse_session").value
    for index in (0, 10, len(value) // 2, len(value) - 2):
        other = "A" if value[index] != "A" else "B"
        assert is_visitor(value[:index] + other + value[index + 1 :])


@pytest.mark.parametrize(
    "value", ["", ".", "..", "a.b.c", "é", ".eJw", "x" * 4_000, '"', '"\\377"', "null", "%00"]
)
def test_rubbish_is_invalid(is_visitor, value):
    assert is_visitor(value)


def test_cookie_of_other_key_is_invalid(make_app, mika, is_visitor):
    with mika.session_transaction() as session:
        content = dict(session)
    assert is_visitor(signed(make_app(PULSE_SECRET_KEY="k" * 32), content))


@pytest.mark.parametrize(
    "content",
    [
        {"_user_id": "unknown token"},
        {"_user_id": ""},
        {"_user_id": None},
        {"_user_id": 7},
        {"_user_id": ["a", "list"]},
        {"_user_id": "\0"},
        {"_user_id": "\ud800"},
        {"_user_id": "x" * 3_000},
        {"_fresh": True},
        {"_remember": "set", "_user_id": "x"},
    ],
)
def test_signed_malformed_cookie_is_invalid(app, is_visitor, content):
    assert is_visitor(signed(app, content))


@pytest.mark.parametrize("value", ["mika|x", "mika|é", "|", "x"])
def test_remember_cookie_is_never_read(is_visitor, value):
    assert is_visitor(value, name="remember_token")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters=";"), max_size=80))
def test_no_cookie_makes_a_server_error(is_visitor, value):
    assert is_visitor(value)
