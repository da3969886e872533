"""POST /api/auth/password: with the old one only, and whatever was opened with the old one ends."""

import pytest
from conftest import PASSWORD

URL = "/api/auth/password"
NEW = "a longer horse battery"
MIKA = {"email": "mika@acme.test", "password": PASSWORD}


def change(browser, current=PASSWORD, new=NEW, **more):
    return browser.post(URL, json={"currentPassword": current, "newPassword": new, **more})


def test_new_password_replaces_old(client, mika):
    answer = change(mika)
    assert (answer.status_code, answer.get_json()["endedSessions"]) == (200, 0)
    assert client.post("/api/auth/login", json=MIKA).status_code == 401
    assert client.post("/api/auth/login", json=MIKA | {"password": NEW}).status_code == 200


def test_other_sessions_end(client, mika, vera):
    client.post("/api/auth/login", json=MIKA)
    assert change(mika).get_json()["endedSessions"] == 1
    assert client.get("/api/auth/me").status_code == 401
    assert mika.get("/api/auth/me").status_code == 200
    assert vera.get("/api/auth/me").status_code == 200


def test_change_needs_the_old_password(client, mika):
    answer = change(mika, current="a guess")
    assert (answer.status_code, answer.get_json()["errors"]) == (
        422,
        {"currentPassword": ["This is not your password."]},
    )
    assert client.post("/api/auth/login", json=MIKA).status_code == 200


@pytest.mark.parametrize("new", ["short", "x" * 1025, "\ud800" * 8, "", 12345678, None])
def test_weak_new_password_is_refused(mika, new):
    answer = change(mika, new=new)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["newPassword"]


@pytest.mark.parametrize("body", [{}, {"newPassword": NEW}])
def test_malformed_change_is_refused(mika, body):
    assert mika.post(URL, json=body).status_code == 422
