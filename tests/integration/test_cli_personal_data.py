"""`flask user export` and `flask user erase`: access to and erasure of personal data."""

import json

import pytest
from conftest import PASSWORD

REALTIME = "/api/workspaces/acme/analytics/realtime"
PRIVATE = "a private word"


@pytest.fixture
def flask(app):
    return app.test_cli_runner().invoke


@pytest.fixture
def sent(mika, vera, script):
    """Mika has sent two events, and has a token; Olivia has sent one, too."""
    script("events:write", of="mika")
    for data in ({"channelId": "general", "messageId": "m-1", "body": PRIVATE}, {"channelId": "random"}):
        event = {"eventType": "message.sent", "eventData": data, "sessionId": "mikas-phone"}
        assert mika.post(REALTIME, json=event).status_code == 200
    script("events:write").post_event()


def exported(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_export_has_no_secrets(flask, sent, mika, sql, password_hash):
    mika.post(REALTIME.replace("realtime", "annotations"), json={"text": PRIVATE, "kind": "deploy"})
    sql("INSERT INTO outbound_mails (kind, recipient) VALUES ('invitation', 'mika@acme.test')")
    done = flask(args=["user", "export", "mika@acme.test"])
    lines = exported(done)
    assert [line["kind"] for line in lines] == [
        "user",
        "membership",
        "session",
        "token",
        "mail",
        "annotation",
        "deed",
        "deed",
        "deed",
        "event",
        "event",
    ]
    assert lines[0]["email"] == "mika@acme.test"
    assert [line["event_data"].get("body") for line in lines[-2:]] == [PRIVATE, None]
    assert (lines[4]["mail_kind"], lines[5]["note_kind"], lines[5]["text"]) == (
        "invitation",
        "deploy",
        PRIVATE,
    )
    assert password_hash not in done.stdout
    assert "hash" not in done.stdout


def test_export_has_no_other_data(flask, sent):
    done = flask(args=["user", "export", "mika@acme.test"])
    assert "olivia" not in done.stdout
    assert "deploy.finished" not in done.stdout


def test_erase_removes_personal_data(flask, sent, mika, client, sql):
    token_count = sql("SELECT count(*) FROM tokens")[0][0]
    done = flask(args=["user", "erase", "mika@acme.test", "--yes"])
    assert done.output == "Erased; 2 events stay without a name.\n"
    assert mika.get("/api/auth/me").status_code == 401
    answer = client.post("/api/auth/login", json={"email": "mika@acme.test", "password": PASSWORD})
    assert answer.status_code == 401
    assert sql("SELECT count(*) FROM tokens")[0][0] == token_count - 1
    for table in ("users", "sessions", "memberships", "tokens", "events", "event_ids", "audit_entries"):
        stored = str(sql(f"SELECT * FROM {table}"))  # noqa: S608
        assert "mika" not in stored.lower(), table
        assert PRIVATE not in stored, table


def test_erase_keeps_past_figures(flask, sent, olivia):
    before = olivia.get(REALTIME).get_json()["data"]
    flask(args=["user", "erase", "mika@acme.test", "--yes"])
    after = olivia.get(REALTIME).get_json()["data"]
    assert {**after, "timestamp": None} == {**before, "timestamp": None}
    assert before["messagesToday"] == 2


def test_erase_keeps_counted_fields(flask, sent, sql):
    flask(args=["user", "erase", "mika@acme.test", "--yes"])
    rows = sql("SELECT event_data FROM events WHERE event_type = 'message.sent' ORDER BY seq")
    assert [row.event_data for row in rows] == [
        {"channelId": "general", "messageId": "m-1"},
        {"channelId": "random"},
    ]


def test_erase_is_audited(flask, sent, olivia, cast):
    flask(args=["user", "erase", "mika@acme.test", "--yes"])
    [entry] = olivia.get("/api/workspaces/acme/audit?limit=1").get_json()["data"]
    assert (entry["action"], entry["subject"]["name"]) == ("member.removed", "Erased")


def test_last_owner_is_not_erased(flask, sent, olivia):
    done = flask(args=["user", "erase", "olivia@acme.test", "--yes"])
    assert (done.exit_code, done.output) == (
        1,
        "Error: This is the only owner of acme: name another one first.\n",
    )
    assert olivia.get("/api/auth/me").status_code == 200


def test_erase_needs_confirmation(flask, sent, mika):
    assert flask(args=["user", "erase", "mika@acme.test"], input="n\n").exit_code == 1
    assert mika.get("/api/auth/me").status_code == 200
