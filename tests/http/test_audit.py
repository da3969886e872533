"""The audit log: changes with actor, way and subject; owners read it, and it is append-only."""

import psycopg2
import pytest
from scripts import TOKENS
from sqlalchemy.exc import OperationalError

from app.workspaces.members import add_member, remove_member, set_role
from app.workspaces.workspace import change_settings, find_workspace

URL = "/api/workspaces/acme/audit"
CONNECTIONS = "/api/workspaces/acme/analytics/connections"
REALTIME = "/api/workspaces/acme/analytics/realtime"


@pytest.fixture
def log(olivia):
    """`log(limit=1)`: what Olivia reads."""

    def read(**parameters):
        answer = olivia.get(URL, query_string=parameters)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    return read


@pytest.fixture
def acme(app, cast):
    with app.app_context():
        return find_workspace("acme").id


def latest(log):
    entry = log(limit=1)["data"][0]
    return entry["action"], entry["via"], entry["actor"] and entry["actor"]["name"], entry["details"]


def test_tokens_without_their_secret(olivia, log):
    made = olivia.post(TOKENS, json={"name": "Build", "scopes": ["events:write"]}).get_json()
    details = {"token": made["id"], "name": "Build", "scopes": ["events:write"]}
    assert latest(log) == ("token.created", "session", "Olivia", details)
    olivia.delete(f"{TOKENS}/{made['id']}")
    assert latest(log) == ("token.revoked", "session", "Olivia", details)
    assert made["token"] not in str(log())


def test_entry_names_the_token_used(script, vera, log):
    token = script("admin")
    with vera.get(REALTIME, headers={"Accept": "text/event-stream"}, buffered=False) as stream:
        next(stream.response)
        assert token.delete(REALTIME).status_code == 200
    assert latest(log) == ("streams.closed", "token", "Olivia", {"count": 1})
    assert log(limit=1)["data"][0]["tokenId"] == str(token.token_id)


def test_closing_one_stream(olivia, vera, log):
    with vera.get(REALTIME, headers={"Accept": "text/event-stream"}, buffered=False) as stream:
        next(stream.response)
        [open_stream] = olivia.get(CONNECTIONS).get_json()["data"]
        olivia.delete(f"{CONNECTIONS}/{open_stream['connectionId']}")
    assert latest(log)[3] == {"count": 1, "connection": open_stream["connectionId"]}


@pytest.mark.parametrize(
    "ending", ["realtime", *(f"connections/{one}" for one in ("conn_1_abc", "%00", "x" * 5_000))]
)
def test_closing_no_streams_is_no_entry(olivia, log, ending):
    before = log()
    answer = olivia.delete(REALTIME.replace("realtime", ending))
    assert (answer.get_json()["closedCount"], log()) == (0, before)


def test_command_line_changes(app, cast, acme, log):
    with app.app_context():
        add_member(acme, cast["oscar"], "viewer")
        set_role(acme, cast["oscar"], "admin")
        remove_member(acme, cast["oscar"])
        change_settings(acme, {"strict": True})
    entries = log(limit=4)["data"]
    assert [(entry["action"], entry["details"], entry["via"], entry["actor"]) for entry in entries] == [
        ("settings.changed", {"strict": True, "before": {"strict": False}}, "command-line", None),
        ("member.removed", {"role": "admin"}, "command-line", None),
        ("member.role-changed", {"before": "viewer", "role": "admin"}, "command-line", None),
        ("member.added", {"role": "viewer"}, "command-line", None),
    ]
    assert entries[1]["subject"]["email"] == "oscar@elsewhere.test"


def test_refused_changes_are_no_entries(app, cast, acme, olivia, log):
    before = log()
    olivia.delete(f"{TOKENS}/{acme}")
    olivia.post(TOKENS, json={"name": "Build", "scopes": ["nonsense"]})
    assert log() == before


def test_pages_down_to_the_creation(olivia, log):
    for name in ("a", "b", "c"):
        olivia.post(TOKENS, json={"name": name, "scopes": ["events:write"]})
    whole = log()
    assert whole["data"][-1]["action"] == "workspace.created"
    assert whole["meta"] == {"hasMore": False, "nextBefore": None}
    pages, before = [], {}
    while before is not None:
        page = log(limit=2, **before)
        pages += page["data"]
        before = {"before": page["meta"]["nextBefore"]} if page["meta"]["hasMore"] else None
    assert pages == whole["data"]


def test_entries_of_other_workspaces(oscar, olivia, log):
    olivia.post(TOKENS, json={"name": "a", "scopes": ["events:write"]})
    theirs = oscar.get("/api/workspaces/elsewhere/audit").get_json()["data"]
    assert [entry["action"] for entry in theirs] == ["workspace.created"]


def test_deleted_user_keeps_their_id(cast, acme, sql, log):
    sql("DELETE FROM users WHERE name = 'Vera'")
    vera = next(e["subject"] for e in log()["data"] if e["subject"]["id"] == str(cast["vera"]))
    assert vera == {"id": str(cast["vera"]), "email": None, "name": None}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "UPDATE audit_entries SET action = 'nothing.happened'",
        "DELETE FROM audit_entries WHERE false",
        "TRUNCATE audit_entries",
    ],
)
def test_postgres_refuses_changes(sql, cast, statement):
    with pytest.raises(OperationalError, match="append-only") as refusal:
        sql(statement)
    assert isinstance(refusal.value.orig, psycopg2.errors.InsufficientPrivilege)
