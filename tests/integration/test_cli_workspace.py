"""`flask workspace create` and `add-member`."""

import re

import pytest


@pytest.fixture
def flask(app, cast):
    return lambda *args: app.test_cli_runner().invoke(args=["workspace", *args])


def test_create_workspace(flask, sql):
    done = flask(
        *("create", "night-shift", "--name", "Night shift"),
        *("--timezone", "Europe/Berlin", "--owner", "MIKA@acme.test"),
    )
    assert (done.exit_code, done.output) == (0, "Created the workspace night-shift: /w/night-shift\n")
    [made] = sql("""
        SELECT workspaces.name, timezone, strict, last_seq, epoch, role, email
        FROM workspaces JOIN event_heads ON workspaces.id = event_heads.workspace_id
        JOIN memberships ON workspaces.id = memberships.workspace_id JOIN users ON users.id = user_id
        WHERE slug = 'night-shift'
    """)
    assert made[:4] == ("Night shift", "Europe/Berlin", False, 0)
    assert re.fullmatch("[0-9a-f]{8}", made.epoch)
    assert made[5:] == ("owner", "mika@acme.test")


def test_default_name_and_time_zone(flask, sql):
    assert flask("create", "plain", "--owner", "mika@acme.test").exit_code == 0
    assert sql("SELECT name, timezone FROM workspaces WHERE slug = 'plain'") == [("plain", "UTC")]


def test_epochs_are_distinct(flask, sql):
    for slug in ("one", "two", "three"):
        flask("create", slug, "--owner", "mika@acme.test")
    epochs = [row.epoch for row in sql("SELECT epoch FROM event_heads")]
    assert len(set(epochs)) == len(epochs) == 5


SLUG = "slug: Must be 1 to 35 small letters, digits and hyphens, beginning and ending with a letter or digit."
TIMEZONE = "timezone: Not an IANA time zone, such as Europe/Berlin."


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["Acme!"], SLUG),
        (["x" * 36], SLUG),
        (["acme"], "There is a workspace acme already."),
        (["new", "--timezone", "Berlin"], "timezone: Not an IANA time zone. Did you mean Europe/Berlin?"),
        (
            ["new", "--timezone", "new yrok"],
            "timezone: Not an IANA time zone. Did you mean America/New_York?",
        ),
        (["new", "--timezone", "localtime"], TIMEZONE),
        (["new", "--timezone", "../../etc/passwd"], TIMEZONE),
        (["new", "--name", ""], "name: Must be 1 to 100 visible characters."),
    ],
)
def test_invalid_workspace(flask, sql, args, line):
    done = flask("create", *args, "--owner", "mika@acme.test")
    assert (done.exit_code, done.stderr, done.stdout) == (1, f"Error: {line}\n", "")
    assert sql("SELECT slug FROM workspaces ORDER BY slug") == [("acme",), ("elsewhere",)]


def test_unknown_owner(flask, sql):
    done = flask("create", "new", "--owner", "nobody@acme.test")
    assert (done.exit_code, done.stderr) == (1, "Error: There is no user nobody@acme.test.\n")
    assert len(sql("SELECT * FROM workspaces")) == 2


def test_add_member(flask, oscar):
    done = flask("add-member", "acme", "oscar@elsewhere.test", "--role", "viewer")
    assert (done.exit_code, done.output) == (0, "Added oscar@elsewhere.test to acme as viewer.\n")
    [acme, _elsewhere] = oscar.get("/api/auth/me").get_json()["workspaces"]
    assert (acme["slug"], acme["role"]) == ("acme", "viewer")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["nowhere", "oscar@elsewhere.test"], "There is no workspace nowhere."),
        (["acme", "nobody@acme.test"], "There is no user nobody@acme.test."),
        (["acme", "mika@acme.test"], "This user is a member already."),
        (["acme\udcff", "mika@acme.test"], "There is no workspace acme\\udcff."),
    ],
)
def test_member_cannot_be_added(flask, args, line):
    done = flask("add-member", *args)
    assert (done.exit_code, done.stderr) == (1, f"Error: {line}\n")


def test_unknown_role(flask):
    done = flask("add-member", "acme", "oscar@elsewhere.test", "--role", "king")
    assert done.exit_code == 2
    assert "'king' is not one of 'owner', 'admin', 'member', 'viewer'." in done.stderr
