"""What outlives a password, an expiring token or a deactivation: nothing."""

from datetime import UTC, datetime, timedelta

import gevent
import pytest
from conftest import PASSWORD, new_browser
from scripts import TOKENS
from servers import until

from app.extensions import db

NEW = "a longer horse battery"
URL = "/api/auth/password"
CHANGE = {"currentPassword": PASSWORD, "newPassword": NEW}


@pytest.fixture
def works(app, clock):
    """Whether a script's token is still taken, now that it is not remembered any more."""

    def ask(script) -> bool:
        clock.now += 1
        return script.get(TOKENS).status_code == 200

    return ask


def test_password_change_revokes_own_tokens(olivia, script, works):
    token = script("admin")
    assert works(token)
    answer = olivia.post(URL, json=CHANGE).get_json()
    assert (answer["endedSessions"], answer["revokedTokens"]) == (0, 1)
    assert not works(token)
    assert olivia.get("/api/workspaces/acme/audit").get_json()["data"][0]["action"] == "token.revoked"


def test_tokens_of_others_go_on(olivia, mika, script):
    token = script("events:write", of="mika")
    assert olivia.post(URL, json=CHANGE).get_json()["revokedTokens"] == 0
    assert token.post_event().status_code == 200


def test_keep_tokens_keeps_them(olivia, script, works):
    token = script("admin")
    assert olivia.post(URL, json={**CHANGE, "keepTokens": True}).get_json()["revokedTokens"] == 0
    assert works(token)


@pytest.mark.parametrize(
    ("boxes", "goes_on"),
    [
        ({}, False),
        ({"revokeTokensAsked": "1", "revokeTokens": "1"}, False),
        ({"revokeTokensAsked": "1"}, True),
    ],
)
def test_account_page_revokes_tokens(olivia, script, works, boxes, goes_on):
    token = script("admin")
    assert olivia.post("/account/password", data={**CHANGE, **boxes}).status_code == 303
    assert works(token) is goes_on


@pytest.mark.parametrize(("flags", "goes_on"), [([], False), (["--keep-tokens"], True)])
def test_set_password_command_revokes_tokens(app, olivia, script, works, flags, goes_on):
    token = script("admin")
    command = ["user", "set-password", "olivia@acme.test", *flags]
    done = app.test_cli_runner().invoke(args=command, env={"PULSE_PASSWORD": NEW})
    assert done.exit_code == 0, done.output
    assert olivia.get("/api/auth/me").status_code == 401
    assert works(token) is goes_on


def test_new_password_differs_from_the_old(mika):
    answer = mika.post(URL, json=CHANGE | {"newPassword": PASSWORD})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["newPassword"])


def test_racing_old_password_fails(app, client, cast, sql):
    hash_before = sql("SELECT password_hash FROM users WHERE name = 'Mika'")[0].password_hash
    with app.app_context(), db.engine.connect() as connection:
        # The password is being changed: the hash is replaced, the sessions are deleted, not committed yet.
        connection.exec_driver_sql("UPDATE users SET password_hash = 'another' WHERE name = 'Mika'")
        connection.exec_driver_sql("DELETE FROM sessions")
        credentials = {"email": "mika@acme.test", "password": PASSWORD}
        sign_in = gevent.spawn(client.post, "/api/auth/login", json=credentials)
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        until(
            lambda: sql(waits)[0].count or sign_in.dead, "a sign-in that waits for the change, or has ended"
        )
        connection.commit()
    assert sign_in.get().status_code == 401
    assert sql("SELECT * FROM sessions") == []
    sql("UPDATE users SET password_hash = :hash WHERE name = 'Mika'", hash=hash_before)


def test_token_makes_none_that_outlives_it(script):
    end = datetime.now(UTC) + timedelta(hours=1)
    token = script("admin", expires_at=end)
    wanted = {"name": "Eternal", "scopes": ["admin"]}
    made = token.post(TOKENS, json=wanted).get_json()
    assert datetime.fromisoformat(made["expiresAt"]) <= end
    later = token.post(TOKENS, json=wanted | {"expiresAt": (end + timedelta(seconds=1)).isoformat()})
    assert (later.status_code, list(later.get_json()["errors"])) == (422, ["expiresAt"])
    sooner = token.post(TOKENS, json=wanted | {"expiresAt": (end - timedelta(minutes=1)).isoformat()})
    assert sooner.status_code == 201


def test_token_for_ever_makes_what_it_likes(script):
    made = script("admin").post(TOKENS, json={"name": "Build", "scopes": ["events:write"]})
    assert made.get_json()["expiresAt"] is None


def test_reactivation_revives_nothing(app, olivia, mika, script, works):
    token = script("events:write", of="mika")
    run = app.test_cli_runner().invoke
    for command in ("deactivate", "activate"):
        assert run(args=["user", command, "mika@acme.test"]).exit_code == 0
    assert mika.get("/api/auth/me").status_code == 401
    assert not works(token)
    assert token.post_event().status_code == 401
    again = new_browser(app)
    again.post("/login", data={"email": "mika@acme.test", "password": PASSWORD})
    assert again.get("/api/auth/me").status_code == 200
