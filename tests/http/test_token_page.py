"""The pages at /w/<slug>/tokens: they work with forms alone, and show what is secret once."""

import html
import re

import pytest
from conftest import PASSWORD
from pages import errors_of, value_of
from scripts import TOKENS

PAGE = "/w/acme/tokens"
NEW = f"{PAGE}/new"
HOSTILE = "</script><script>alert(1)</script><!--\u2028&amp;"
WANTED = {"name": "Build server", "scopes": ["events:write", "stats:read"], "lifetime": "90"}


def test_list_shows_no_secret(olivia, script):
    token = script("stats:read", of="vera", name="Wall screen", expires_at=None)
    page = olivia.get(PAGE).text
    for words in ("Wall screen", token.token[:14], "stats:read", "by Vera", "Never"):
        assert words in page
    assert token.token not in page


def test_list_is_of_its_workspace(olivia, script):
    script("admin", of="oscar", workspace="elsewhere", name="Other")
    page = olivia.get(PAGE).text
    assert "Other" not in page
    assert "No tokens yet" in page
    assert "Authorization: Bearer $PULSE_TOKEN" in page


def test_form_has_every_scope_with_its_meaning(olivia):
    page = olivia.get(NEW).text
    assert re.findall(r'<input type="checkbox" name="scopes" value="([^"]+)"', page) == [
        "events:write",
        "events:write-as",
        "stats:read",
        "admin",
    ]
    assert "Read figures and the live stream." in page


def test_new_token_is_shown_once_and_works(olivia):
    answer = olivia.post(NEW, data=WANTED)
    [token] = set(re.findall(r"pulse_[0-9a-f]{64}", answer.text))
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "in 90 days" in answer.text
    assert token not in olivia.get(PAGE).text
    assert olivia.get(TOKENS, headers={"Authorization": f"Bearer {token}"}).status_code == 403  # its scopes
    [entry] = olivia.get(TOKENS).get_json()["data"]
    assert (entry["name"], entry["scopes"]) == ("Build server", ["events:write", "stats:read"])


def test_token_may_never_expire(olivia):
    olivia.post(NEW, data={**WANTED, "lifetime": "never"})
    assert olivia.get(TOKENS).get_json()["data"][0]["expiresAt"] is None


def test_errors_are_beside_their_fields(olivia):
    answer = olivia.post(NEW, data={"name": "A\tB", "scopes": ["nonsense"], "lifetime": "soon"})
    assert answer.status_code == 422
    assert errors_of(answer) == {
        "name": "Must be 1 to 100 visible characters.",
        "scopes": "Must be one of: events:write, events:write-as, stats:read, admin.",
        "lifetime": "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z.",
    }
    assert value_of(answer, "name") == "A\tB"
    assert re.search(
        r'id="name"[^>]* aria-describedby="name-error name-hint" aria-invalid="true" autofocus', answer.text
    )
    assert "<title>Error: New token" in answer.text

    answer = olivia.post(NEW, data={"name": "Kept", "scopes": [], "lifetime": "365"})
    assert errors_of(answer) == {"scopes": "Name at least one scope."}
    assert value_of(answer, "name") == "Kept"
    assert re.search(r'value="365" checked', answer.text)


def test_password_prompt_keeps_the_form(olivia, stale):
    stale()
    assert 'name="password"' in olivia.get(NEW).text
    answer = olivia.post(NEW, data=WANTED)
    assert (answer.status_code, value_of(answer, "name")) == (403, "Build server")
    assert re.search(r'id="password"[^>]* autofocus', answer.text)
    for typed, words in (("", "Enter your password again first."), ("a guess", "This is not your password.")):
        answer = olivia.post(NEW, data={**WANTED, "password": typed})
        assert errors_of(answer) == {"password": words}
        assert "a guess" not in answer.text
    assert olivia.post(NEW, data={**WANTED, "password": PASSWORD}).status_code == 201
    assert 'name="password"' not in olivia.get(NEW).text


def test_guesses_at_the_password_are_limited(olivia, stale, make_app, cast):
    stale()
    app = make_app(PULSE_RATE_LIMIT_LOGIN="1/hour")
    visitor = type(olivia)(app, app.response_class, use_cookies=True)
    visitor.sign_in(cast["olivia"])
    stale()
    visitor.post(NEW, data={**WANTED, "password": "a guess"})
    answer = visitor.post(NEW, data={**WANTED, "password": PASSWORD})
    assert (answer.status_code, value_of(answer, "name")) == (429, "Build server")
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many tries." in answer.text


def test_revocation_is_confirmed_first(olivia, script):
    token = script("stats:read", name="Wall screen")
    page = olivia.get(f"{PAGE}/{token.token_id}/revoke")
    assert "Revoke “Wall screen”?" in page.text
    assert "It was never used." in page.text
    assert len(olivia.get(TOKENS).get_json()["data"]) == 1
    for _ in range(2):  # a second press of the button does no harm
        answer = olivia.post(f"{PAGE}/{token.token_id}/revoke")
        assert (answer.status_code, answer.location) == (303, f"{PAGE}?done=revoked")
    assert "The token is revoked." in olivia.get(answer.location).text
    assert olivia.get(TOKENS).get_json()["data"] == []
    assert olivia.get(f"{PAGE}/{token.token_id}/revoke").location == f"{PAGE}?done=gone"


def test_tokens_of_other_workspaces_stay(olivia, oscar, script):
    token = script("stats:read", of="oscar", workspace="elsewhere")
    olivia.post(f"{PAGE}/{token.token_id}/revoke")
    assert len(oscar.get("/api/workspaces/elsewhere/tokens").get_json()["data"]) == 1


@pytest.mark.parametrize("path", [PAGE, NEW])
def test_pages_have_no_inline_code(olivia, script, path):
    script("stats:read")
    page = olivia.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE users SET name = :name", "UPDATE workspaces SET name = :name", "UPDATE tokens SET name = :name"],
)
def test_names_cannot_leave_their_place(olivia, script, sql, statement):
    path = f"{PAGE}/{script('stats:read').token_id}/revoke"
    before = [olivia.get(page).text.count("<script") for page in (PAGE, path)]
    sql(statement, name=HOSTILE)
    for page, count in zip((PAGE, path), before, strict=True):
        text = olivia.get(page).text
        assert text.count("<script") == text.count("</script") == count
        assert "<!--" not in text


def test_ended_session_keeps_the_form(olivia, cast, sql):
    sql("DELETE FROM sessions")
    typed = {**WANTED, "name": HOSTILE, "password": PASSWORD}
    answer = olivia.post(NEW, data=typed)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text)
    assert [(name, html.unescape(value)) for name, value in hidden] == [
        ("name", HOSTILE),
        ("scopes", "events:write"),
        ("scopes", "stats:read"),
        ("lifetime", "90"),
    ]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="pulse"'
    revoked = olivia.post(f"{PAGE}/{cast['olivia']}/revoke")  # nothing was typed
    assert revoked.location.startswith("/login?next=")
