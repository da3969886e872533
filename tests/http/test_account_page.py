"""The page at /account: it works with forms alone, and says what was done or wrong."""

import re

import pytest
from conftest import PASSWORD, Browser

PAGE = "/account"
NEW = "a longer horse battery"


@pytest.fixture
def other(app, cast):
    """Mika, in a second browser."""
    browser = Browser(app, app.response_class, use_cookies=True)
    browser.sign_in(cast["mika"])
    return browser


def ends_of(page):
    return re.findall(r'action="(/account/sessions/[0-9a-f]+/end)"', page.text)


def test_it_shows_who_one_is_and_where_one_is_signed_in(mika, other):
    page = mika.get(PAGE)
    assert "mika@acme.test" in page.text
    assert page.text.count('class="session"') == 2
    assert page.text.count("This browser") == 1


def test_a_changed_password_is_confirmed_and_the_others_are_out(mika, other):
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
def test_what_was_wrong_is_said_at_the_field(mika, form, words):
    page = mika.post(f"{PAGE}/password", data=form)
    assert (page.status_code, words in page.text) == (422, True)


def test_another_browser_can_be_signed_out(mika, other):
    [end] = ends_of(mika.get(PAGE))
    for _ in range(2):  # a second press of the button does no harm
        assert "That browser is signed out." in mika.post(end, follow_redirects=True).text
    assert other.get("/api/auth/me").status_code == 401


def test_signing_out_everywhere_leads_to_the_form(mika, other):
    answer = mika.post(f"{PAGE}/sign-out-everywhere")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert [who.get("/api/auth/me").status_code for who in (mika, other)] == [401, 401]


def test_a_visitor_goes_to_the_form_and_from_there_back(client, cast):
    assert client.get(PAGE).location == "/login?next=%2Faccount"


@pytest.mark.parametrize("path", ["/password", "/sign-out-everywhere", "/sessions/0/end"])
def test_another_site_cannot_press_its_buttons(mika, path):
    assert mika.post(f"{PAGE}{path}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert mika.get("/api/auth/me").status_code == 200


def test_a_name_cannot_leave_its_place(mika, sql):
    sql("UPDATE users SET name = '<script>alert(1)</script>'")
    assert "<script>alert" not in mika.get(PAGE).text
