"""The page at /account: it works with forms alone, and says what was done or wrong."""

import re

import pytest
from conftest import PASSWORD, new_browser

PAGE = "/account"
NEW = "a longer horse battery"


@pytest.fixture
def other(app, cast):
    """Mika, in a second browser."""
    return new_browser(app, cast["mika"])


def ends_of(page):
    return re.findall(r'action="(/account/sessions/[0-9a-f]+/end)"', page.text)


def test_sessions_are_listed(mika, other):
    page = mika.get(PAGE)
    assert "mika@acme.test" in page.text
    assert page.text.count('class="session"') == 2
    assert page.text.count("This browser") == 1


def test_new_password_ends_other_sessions(mika, other):
    form = {"currentPassword": PASSWORD, "newPassword": NEW}
    page = mika.post(f"{PAGE}/password", data=form, follow_redirects=True)
    assert "Your password is changed" in page.text
    assert other.get("/api/auth/me").status_code == 401


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"currentPassword": "a guess", "newPassword": NEW}, "This is not your password."),
        ({"currentPassword": PASSWORD, "newPassword": "short"}, "Must be 8 to 1024 characters."),
        ({}, "Must be 8 to 1024 characters."),
    ],
)
def test_errors_are_beside_their_fields(mika, form, words):
    page = mika.post(f"{PAGE}/password", data=form)
    assert (page.status_code, words in page.text) == (422, True)


def test_another_session_is_ended(mika, other):
    [end] = ends_of(mika.get(PAGE))
    for _ in range(2):  # a second press of the button does no harm
        assert "That browser is signed out." in mika.post(end, follow_redirects=True).text
    assert other.get("/api/auth/me").status_code == 401


def test_sign_out_everywhere(mika, other):
    answer = mika.post(f"{PAGE}/sign-out-everywhere")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert [who.get("/api/auth/me").status_code for who in (mika, other)] == [401, 401]


def test_name_is_escaped(mika, sql):
    sql("UPDATE users SET name = '<script>alert(1)</script>'")
    assert "<script>alert" not in mika.get(PAGE).text
