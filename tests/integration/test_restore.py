"""A backup by pg_dump, restored into another database: its data are there, in a new epoch."""

import secrets
import subprocess

import pytest
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from launcher.cluster import binary

REALTIME = "/api/workspaces/acme/analytics/realtime"
EVENT = {"eventType": "deploy.finished"}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture(params=["announced", "detected"])
def restored(request, postgres, make_app, mika, tmp_path):
    """The service on what a backup held; meanwhile two more events were posted to the one that was lost."""
    for _ in range(2):
        assert mika.post(REALTIME, json=EVENT).status_code == 200
    backup = tmp_path / "backup"
    subprocess.run([binary("pg_dump"), "-Fc", "-f", backup, postgres.url], check=True)
    for _ in range(2):
        mika.post(REALTIME, json=EVENT)
    name = f"restored_{secrets.token_hex(4)}"
    postgres.create_database(name, "template0")
    url = postgres.url_of(name)
    subprocess.run([binary("pg_restore"), "--no-owner", "-d", url, backup], check=True)
    app = make_app(DATABASE_URL=url)
    if request.param == "announced":
        app.test_cli_runner().invoke(args=["events", "restored"])
    return app


def test_restore_resets_clients(restored, mika):
    seen = mika.get(REALTIME).get_json()["meta"]["lastEventId"]
    client = restored.test_client()
    client.set_cookie("pulse_session", mika.get_cookie("pulse_session").value)
    snapshot = client.get(REALTIME).get_json()
    assert snapshot["data"]["eventCounts"] == {"deploy.finished": 2}
    assert [client.post(REALTIME, json=EVENT).get_json()["seq"] for _ in range(3)] == [3, 4, 5]
    with client.get(REALTIME, headers=STREAM | {"Last-Event-ID": seen}, buffered=False) as stream:
        assert b"event: reset" in next(stream.response)


def test_restored_audit_log_is_append_only(restored):
    with (
        restored.app_context(),
        db.engine.connect() as connection,
        pytest.raises(DBAPIError, match="append-only") as refused,
    ):
        connection.execute(text("DELETE FROM audit_entries"))
    assert isinstance(refused.value.orig, InsufficientPrivilege)
