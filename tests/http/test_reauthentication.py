"""Re-authentication: ten minutes after the password was shown, tokens and owners take it again."""

import pytest
from conftest import PASSWORD, new_browser
from scripts import TOKENS

URL = "/api/auth/reauthenticate"
TOKEN = {"name": "Build", "scopes": ["events:write"]}
MEMBERS = "/api/workspaces/acme/members"
OWNER = {"email": "nina@acme.test", "role": "owner"}


@pytest.fixture
def stale(olivia, sql):
    """Olivia, who showed her password eleven minutes ago."""
    sql("UPDATE sessions SET confirmed_at = now() - interval '11 minutes'")
    return olivia


@pytest.fixture
def deeds(cast):
    """What takes the password: by name, a call."""
    return {
        "token": lambda asker: asker.post(TOKENS, json=TOKEN),
        "owner": lambda asker: asker.patch(f"{MEMBERS}/{cast['mika']}", json={"role": "owner"}),
        "invited owner": lambda asker: asker.post("/api/workspaces/acme/invitations", json=OWNER),
        "added owner": lambda asker: asker.post(MEMBERS, json=OWNER),
        "reset link": lambda asker: asker.post(f"{MEMBERS}/{cast['vera']}/reset-link"),
    }


@pytest.mark.parametrize("deed", ["token", "owner", "invited owner", "added owner", "reset link"])
def test_reauthentication_allows_the_action(stale, deeds, deed):
    refused = deeds[deed](stale)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "REAUTH_REQUIRED")
    assert stale.post(URL, json={"password": PASSWORD}).status_code == 204
    assert deeds[deed](stale).status_code < 300


def test_wrong_password_confirms_nothing(stale, deeds):
    answer = stale.post(URL, json={"password": "a guess"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["password"])
    assert deeds["token"](stale).status_code == 403


def test_sign_in_counts_as_confirmation(client, stale, deeds):
    client.post("/api/auth/login", json={"email": "olivia@acme.test", "password": PASSWORD})
    assert deeds["token"](client).status_code == 201
    assert deeds["token"](stale).status_code == 403


def test_old_session_is_unconfirmed(olivia, sql, deeds):
    sql("UPDATE sessions SET confirmed_at = NULL")
    assert deeds["token"](olivia).status_code == 403


def test_tokens_have_no_password_to_show(script, deeds):
    token = script("admin")
    assert deeds["token"](token).status_code == 201
    assert deeds["invited owner"](token).status_code == 201


def test_other_actions_need_no_password(stale, cast):
    assert stale.get(TOKENS).status_code == 200
    assert stale.patch(f"{MEMBERS}/{cast['vera']}", json={"role": "member"}).status_code == 200
    assert stale.post(MEMBERS, json={"email": "nina@acme.test", "role": "admin"}).status_code == 202


def test_permission_comes_first(mika, sql, deeds):
    sql("UPDATE sessions SET confirmed_at = NULL")
    assert deeds["token"](mika).get_json()["code"] == "FORBIDDEN"


def test_guesses_are_rate_limited(make_app, cast):

    app = make_app(PULSE_RATE_LIMIT_LOGIN="3/minute")
    thief = new_browser(app, cast["olivia"])
    statuses = [thief.post(URL, json={"password": f"guess {n}"}).status_code for n in range(4)]
    assert statuses == [422, 422, 422, 429]
