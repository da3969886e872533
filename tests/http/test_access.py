"""require_member: a foreign workspace looks like none, roles include lower ones; ended access ends everywhere."""

import dataclasses
import uuid
from datetime import UTC, datetime, timedelta

import gevent
import pytest
from conftest import PASSWORD, Browser, new_browser
from scripts import TOKENS
from servers import until
from sql_runner import executed

from app.auth.access import require_member
from app.extensions import db

NOT_FOUND = {
    "type": "/api/docs#NOT_FOUND",
    "title": "There is no such thing, or it is not yours",
    "status": 404,
    "code": "NOT_FOUND",
}


@pytest.fixture
def door(make_app):
    """An app whose one extra route, `/door/<workspace>/<role>`, is guarded by require_member."""
    app = make_app()

    @app.get("/door/<workspace>/<role>")
    def enter(workspace: str, role: str):
        access = dataclasses.asdict(require_member(workspace, role))
        return {key: value.hex() if isinstance(value, bytes) else str(value) for key, value in access.items()}

    return app


@pytest.fixture
def enter(door, cast):
    def by(name: str | None) -> Browser:
        browser = new_browser(door)
        if name:
            browser.sign_in(cast[name])
        return browser

    return by


def test_member_access_has_every_field(enter, cast, sql):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    mika = enter("mika")
    [session] = sql("SELECT token_hash FROM sessions")
    assert mika.get("/door/acme/member").get_json() == {
        "user_id": str(cast["mika"]),
        "user_name": "Mika",
        "session_id": bytes(session.token_hash).hex(),
        "role": "member",
        "workspace_id": str(acme.id),
        "slug": "acme",
        "workspace_name": "Acme",
        "timezone": "UTC",
        "strict": "False",
        "addresses": "off",
        "token_id": "None",
        "scopes": "('events:write', 'stats:read', 'admin')",
    }


def test_slug_and_id_are_equivalent(enter, sql):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    vera = enter("vera")
    by_slug = vera.get("/door/acme/viewer").get_json()
    assert vera.get(f"/door/{acme.id}/viewer").get_json() == by_slug
    assert vera.get(f"/door/{str(acme.id).upper()}/viewer").get_json() == by_slug


ROLES = ["viewer", "member", "admin", "owner"]


@pytest.mark.parametrize("own", ROLES)
@pytest.mark.parametrize("needed", ROLES)
def test_role_includes_lower_roles(enter, sql, own, needed):
    sql("UPDATE memberships SET role = :role FROM users WHERE users.id = user_id AND name = 'Mika'", role=own)
    answer = enter("mika").get(f"/door/acme/{needed}")
    if ROLES.index(own) >= ROLES.index(needed):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.get_json()) == (
            403,
            {
                "type": "/api/docs#FORBIDDEN",
                "title": "Your role, or your token, does not allow this",
                "status": 403,
                "code": "FORBIDDEN",
                "detail": f"This takes the role {needed}; yours is {own}.",
            },
        )


MALFORMED = ["ACME", "acme ", "-", "x" * 35, "x" * 36, "x" * 5_000, "é", "%00", "%ff", "acme%00", "{id}"]


@pytest.mark.parametrize("role", ["viewer", "owner"])
def test_foreign_workspace_looks_unknown(enter, sql, role):
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    oscar = enter("oscar")
    for workspace in ["acme", str(acme.id), "no-such-place", str(uuid.uuid4()), acme.id.hex, *MALFORMED]:
        answer = oscar.get(f"/door/{workspace}/{role}")
        assert (workspace, answer.status_code, answer.get_json()) == (workspace, 404, NOT_FOUND)
        assert "Set-Cookie" not in answer.headers


def test_one_query_and_no_connection_held(door, enter):
    held = []
    with door.app_context():
        engine = db.engine

    @door.get("/long/<workspace>")
    def long_view(workspace: str):
        require_member(workspace)
        held.append(engine.pool.checkedout())
        return ""

    mika = enter("mika")
    with executed(engine) as queries:
        assert mika.get("/long/acme").status_code == 200
    assert (len(queries), held) == (1, [0])


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
