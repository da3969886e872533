"""`flask user list`, `flask workspace list|members|rename|delete`: listing and administration."""

import json

import pytest

from app.extensions import db


@pytest.fixture
def flask(app, cast):
    return lambda *args: app.test_cli_runner().invoke(args=args)


def test_user_list(flask, cast):
    listed = json.loads(flask("user", "list", "--json").stdout)
    assert [(user["email"], user["active"], user["workspaces"]) for user in listed] == [
        ("mika@acme.test", True, {"acme": "member"}),
        ("olivia@acme.test", True, {"acme": "owner"}),
        ("oscar@elsewhere.test", True, {"elsewhere": "owner"}),
        ("vera@acme.test", True, {"acme": "viewer"}),
    ]
    assert listed[0]["id"] == str(cast["mika"])


def test_list_as_a_table(flask):
    heading, mika, *_ = flask("user", "list").stdout.splitlines()
    assert heading.split() == ["email", "name", "active", "workspaces", "id"]
    assert mika.split()[:3] == ["mika@acme.test", "Mika", "yes"]
    assert heading.index("active") == mika.index("yes")


def test_workspace_list(flask, script):
    script("events:write").post_event()
    listed = json.loads(flask("workspace", "list", "--json").stdout)
    assert [(found["slug"], found["members"], found["lastSeq"]) for found in listed] == [
        ("acme", 3, 1),
        ("elsewhere", 1, 0),
    ]
    assert listed[0]["lastEventAt"].endswith("Z")
    assert listed[1]["lastEventAt"] is None


def test_member_list(flask):
    listed = json.loads(flask("workspace", "members", "acme", "--json").stdout)
    assert [(member["name"], member["role"]) for member in listed] == [
        ("Mika", "member"),
        ("Olivia", "owner"),
        ("Vera", "viewer"),
    ]


def test_rename_changes_the_url(flask, olivia, sql):
    assert flask("workspace", "rename", "acme", "acme-inc").exit_code == 0
    assert olivia.get("/api/workspaces/acme-inc/members").status_code == 200
    assert olivia.get("/api/workspaces/acme/members").status_code == 404
    [entry] = sql("SELECT details FROM audit_entries WHERE action = 'workspace.renamed'")
    assert entry.details == {"before": "acme", "slug": "acme-inc"}


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("elsewhere", "There is a workspace elsewhere already."),
        ("No!", "slug: Must be 1 to 35 small letters"),
    ],
)
def test_bad_slug_changes_nothing(flask, sql, slug, words):
    done = flask("workspace", "rename", "acme", slug)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {words}")
    assert sql("SELECT slug FROM workspaces ORDER BY slug") == [("acme",), ("elsewhere",)]


def test_delete_keeps_the_audit_log(flask, script, sql):
    token = script("events:write")
    for _ in range(3):
        token.post_event(eventType="message.sent", eventData={"channelId": "general", "messageId": "m-1"})
    [acme] = sql("SELECT id FROM workspaces WHERE slug = 'acme'")
    done = flask("workspace", "delete", "acme", "--yes")
    assert (done.exit_code, done.stdout) == (0, "Deleted the workspace acme.\n")
    assert "events: 3 rows deleted" in done.stderr
    tables = [table for table in db.metadata.sorted_tables if "workspace_id" in table.columns]
    count = "SELECT count(*) AS rows FROM {} WHERE workspace_id = :id"
    left = {table.name: sql(count.format(table.name), id=acme.id)[0].rows for table in tables}
    assert left.pop("audit_entries") > 0
    assert set(left.values()) == {0}
    assert sql("SELECT slug FROM workspaces") == [("elsewhere",)]


def test_delete_needs_confirmation(flask, sql):
    assert flask("workspace", "delete", "acme").exit_code == 1  # no answer: aborted
    assert len(sql("SELECT * FROM workspaces")) == 2
