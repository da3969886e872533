"""The sign-in page, as a person without JavaScript meets it."""

from html import unescape

import pytest
from conftest import PASSWORD

MIKA = {"email": "mika@acme.test", "password": PASSWORD}


def test_page_shows_a_form(client):
    page = client.get("/login")
    assert (page.status_code, page.mimetype, page.headers["Cache-Control"]) == (200, "text/html", "no-store")
    for part in ('method="post"', 'name="email"', 'name="password"', 'name="next"'):
        assert part in page.text


def test_next_page_survives_the_form(client, cast):
    page = client.get("/login?next=/w/acme?metrics%3Da%26b")
    assert 'value="/w/acme?metrics=a&b"' in unescape(page.text)
    assert (
        client.post("/login", data=MIKA | {"next": "/w/acme?metrics=a&b"}).location == "/w/acme?metrics=a&b"
    )


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "javascript:x"]
)
def test_no_open_redirect(client, cast, target):
    assert client.post("/login", data=MIKA | {"next": target}).location == "/"


def test_wrong_password_keeps_the_address(client, cast):
    page = client.post("/login", data=MIKA | {"password": "wrong", "next": "/w/acme"})
    assert page.status_code == 401
    assert "The e-mail address or the password is wrong." in page.text
    assert 'value="mika@acme.test"' in page.text
    assert 'value="/w/acme"' in page.text
    assert "wrong" not in page.text.replace("password is wrong", "")


@pytest.mark.parametrize(
    "form", [{}, {"email": "mika@acme.test"}, {"email": " ", "password": "x"}, {"password": "x"}]
)
def test_incomplete_form_names_what_is_missing(client, form):
    page = client.post("/login", data=form)
    assert page.status_code == 422
    assert "Enter your e-mail address and your password." in page.text


@pytest.mark.parametrize("email", ['"><script>alert(1)</script>', "a\0b@acme.test", "\ufffd@x", "é" * 300])
def test_typed_text_is_escaped(client, email):
    page = client.post("/login", data={"email": email, "password": "\0"})
    assert page.status_code == 401
    assert "<script>alert" not in page.text


def test_oversized_form_is_413(client):
    answer = client.post("/login", data={"email": "mika@acme.test", "password": "x" * 20_000})
    assert answer.status_code == 413


def test_signed_in_user_is_redirected(mika):
    assert mika.get("/login").location == "/"
    assert mika.get("/login?next=/w/acme").location == "/w/acme"
    assert mika.get("/login?next=//evil.test").location == "/"


def test_sign_out_redirects_to_login(mika, sql):
    answer = mika.post("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert sql("SELECT * FROM sessions") == []
    assert mika.get("/api/auth/me").status_code == 401
