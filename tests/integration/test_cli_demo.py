"""`flask demo create`: idempotent, and never over a workspace that it did not create."""

import pytest

MEMBERS = """
    SELECT slug, role, email, users.name FROM memberships JOIN users ON users.id = user_id
    JOIN workspaces ON workspaces.id = workspace_id ORDER BY slug, email
"""
CAST = [
    ("acme", "member", "ines@acme.test", "Ines"),
    ("acme", "member", "mika@acme.test", "Mika"),
    ("acme", "member", "noor@acme.test", "Noor"),
    ("acme", "owner", "olivia@acme.test", "Olivia"),
    ("acme", "member", "sam@acme.test", "Sam"),
    ("acme", "viewer", "vera@acme.test", "Vera"),
    ("elsewhere", "owner", "oscar@elsewhere.test", "Oscar"),
]


@pytest.fixture
def demo(app):
    def create(password: str | None):
        return app.test_cli_runner().invoke(args=["demo", "create"], env={"PULSE_DEMO_PASSWORD": password})

    return create


def signs_in(client, email, password):
    return client.post("/api/auth/login", json={"email": email, "password": password}).status_code == 200


def test_demo_workspaces_and_users(demo, sql, client):
    done = demo("first password")
    assert (done.exit_code, done.output) == (0, "The demo workspaces acme and elsewhere are there.\n")
    assert sql(MEMBERS) == CAST
    assert sql("SELECT slug, name, timezone FROM workspaces ORDER BY slug") == [
        ("acme", "Acme", "UTC"),
        ("elsewhere", "Elsewhere", "UTC"),
    ]
    assert sql("SELECT count(*) FROM event_heads WHERE last_seq = 0") == [(2,)]
    assert all(signs_in(client, email, "first password") for _, _, email, _ in CAST)


def test_second_run_changes_nothing(demo, sql):
    demo("first password")
    before = sql("SELECT * FROM users ORDER BY id"), sql("SELECT * FROM event_heads ORDER BY epoch")
    assert demo("first password").exit_code == 0
    assert (sql("SELECT * FROM users ORDER BY id"), sql("SELECT * FROM event_heads ORDER BY epoch")) == before
    assert sql(MEMBERS) == CAST


def test_new_password_for_all(demo, client):
    demo("first password")
    assert demo("second password").exit_code == 0
    assert all(signs_in(client, email, "second password") for _, _, email, _ in CAST)
    assert not signs_in(client, "mika@acme.test", "first password")


def test_partial_demo_is_completed(demo, sql):
    demo("first password")
    sql("UPDATE memberships SET role = 'admin' FROM users WHERE users.id = user_id AND name = 'Mika'")
    sql("DELETE FROM users WHERE name = 'Sam'")
    sql("DELETE FROM workspaces WHERE slug = 'elsewhere'")
    assert demo("first password").exit_code == 0
    changed = [("acme", "admin", *person[2:]) if person[3] == "Mika" else person for person in CAST]
    assert sql(MEMBERS) == changed


def test_missing_password_is_named(demo, sql):
    done = demo(None)
    assert done.exit_code == 2
    assert "Missing option '--password' (env var: 'PULSE_DEMO_PASSWORD')." in done.stderr
    assert sql("SELECT * FROM users") == []


def test_existing_workspace_is_refused(app, demo, sql):
    made = [
        ["user", "create", "you@example.org", "--name", "You", "--password", "correct horse"],
        ["workspace", "create", "acme", "--owner", "you@example.org"],
    ]
    for command in made:
        assert app.test_cli_runner().invoke(args=command).exit_code == 0
    done = demo("first password")
    words = "The demo did not make the workspace acme of this database; it was left as it is."
    assert (done.exit_code, done.stderr) == (1, f"Error: {words}\n")
    assert sql(MEMBERS) == [("acme", "owner", "you@example.org", "You")]
    assert sql("SELECT email FROM users") == [("you@example.org",)]
