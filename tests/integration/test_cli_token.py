"""`flask token create`, `list` and `revoke`."""

import re
import uuid
from datetime import timedelta

import pytest
from scripts import REALTIME, Script


@pytest.fixture
def flask(app, cast):
    return lambda *args: app.test_cli_runner().invoke(args=["token", *args])


@pytest.fixture
def create(flask):
    def run(*args: str):
        return flask("create", *args, "--name", "Nightly import")

    return run


def test_stdout_is_only_the_token(app, create, sql, cast):
    done = create("acme", "MIKA@acme.test", "--scope", "stats:read", "--scope", "events:write")
    [row] = sql("SELECT id, user_id, name, scopes, prefix, expires_at FROM tokens")
    assert done.exit_code == 0
    assert re.fullmatch("pulse_[0-9a-f]{64}\n", done.stdout)
    assert done.stderr == f"Created the token {row.id}. It is not shown again:\n"
    assert row[1:] == (
        cast["mika"],
        "Nightly import",
        ["events:write", "stats:read"],
        done.stdout[:14],
        None,
    )
    script = Script(app, app.response_class, use_cookies=False).show(done.stdout.strip())
    assert script.get(REALTIME).get_json()["meta"]["userId"] == str(cast["mika"])


def test_expiry_in_days(create, sql):
    assert create("acme", "olivia@acme.test", "--scope", "admin", "--expires-in", "90").exit_code == 0
    [row] = sql("SELECT expires_at - created_at AS life FROM tokens")
    assert abs(row.life - timedelta(days=90)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", ["1", "3650"])
def test_bounds_of_the_expiry(create, days):
    assert create("acme", "olivia@acme.test", "--scope", "admin", "--expires-in", days).exit_code == 0


NOT_A_MEMBER = "oscar@elsewhere.test is no member of acme."


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["nowhere", "mika@acme.test", "--scope", "stats:read"], "There is no workspace nowhere."),
        (["acme", "nobody@acme.test", "--scope", "stats:read"], "There is no user nobody@acme.test."),
        (["acme", "oscar@elsewhere.test", "--scope", "stats:read"], NOT_A_MEMBER),
        (
            ["acme", "vera@acme.test", "--scope", "events:write"],
            "scopes: events:write takes the role member; this member is viewer.",
        ),
        (
            ["acme", "mika@acme.test", "--scope", "admin", "--scope", "events:write-as"],
            "scopes: events:write-as takes the role admin; this member is member. "
            "admin takes the role admin; this member is member.",
        ),
        (
            ["acme", "mika@acme.test", "--scope", "stats:read", "--name", ""],
            "name: Must be 1 to 100 visible characters.",
        ),
    ],
)
def test_invalid_token(flask, sql, args, line):
    done = flask("create", "--name", "Nightly import", *args)
    assert (done.exit_code, done.stderr, done.stdout) == (1, f"Error: {line}\n", "")
    assert sql("SELECT * FROM tokens") == []


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (
            ["--scope", "root"],
            "'root' is not one of 'events:write', 'events:write-as', 'stats:read', 'admin'.",
        ),
        (["--scope", "admin", "--expires-in", "0"], "0 is not in the range 1<=x<=3650."),
        ([], "Missing option '--scope'."),
    ],
)
def test_invalid_option(create, sql, args, line):
    done = create("acme", "olivia@acme.test", *args)
    assert done.exit_code == 2
    assert line in done.stderr
    assert sql("SELECT * FROM tokens") == []


def test_list_has_no_secrets(flask, script, oscar):
    assert flask("list", "acme").output == ""
    reader = script("stats:read", of="vera", name="Wall screen")
    script("admin", of="oscar", workspace="elsewhere")
    assert flask("list", "acme").output == (
        f"{reader.token_id}  {reader.token[:14]}…  vera@acme.test  stats:read  "
        "used never  expires never  Wall screen\n"
    )


def test_revoke(flask, script, sql):
    token = script("stats:read")
    done = flask("revoke", "acme", str(token.token_id))
    assert (done.exit_code, done.output) == (0, f"Revoked the token {token.token_id}.\n")
    assert sql("SELECT * FROM tokens") == []
    assert token.get(REALTIME).status_code == 401


def test_revoke_unknown_token(flask, script, sql):
    token, unknown = script("stats:read").token_id, uuid.UUID(int=1)
    for slug, token_id, line in [
        ("acme", unknown, f"There is no token {unknown} in acme."),
        ("elsewhere", token, f"There is no token {token} in elsewhere."),
        ("nowhere", token, "There is no workspace nowhere."),
    ]:
        done = flask("revoke", slug, str(token_id))
        assert (done.exit_code, done.stderr) == (1, f"Error: {line}\n")
    assert len(sql("SELECT * FROM tokens")) == 1
