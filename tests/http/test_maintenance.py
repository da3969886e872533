"""`flask maintenance on`: every route answers 503, streams end, and a database without tables counts as on."""

from __future__ import annotations

import re

import flask_migrate
import pytest
from scripts import REALTIME
from servers import until

from app import create_app
from app.extensions import db
from app.redis.link import connect
from app.settings.config import Settings
from launcher.postgres import Postgres

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def switch(app, cast):
    """`switch("on", "--reason", "…")`: run the command, and have the worker look."""
    mode = app.extensions["pulse"].maintenance

    def run(*arguments: str) -> None:
        done = app.test_cli_runner().invoke(args=["maintenance", *arguments])
        assert done.exit_code == 0, done.output
        mode.refresh()

    yield run
    run("off")


def test_everything_but_probes_answers_503(switch, mika):
    switch("on", "--reason", "a restore")
    for method, path in (
        ("GET", "/api/auth/me"),
        ("POST", REALTIME),
        ("GET", "/api/openapi.json"),
        ("GET", "/none"),
    ):
        answer = mika.open(
            path, method=method, json={"eventType": "deploy.finished"} if method == "POST" else None
        )
        assert (answer.status_code, answer.get_json()["code"]) == (503, "MAINTENANCE")
        assert int(answer.headers["Retry-After"]) > 0
    assert mika.get("/healthz").status_code == mika.get("/metrics").status_code == 200
    switch("off")
    assert mika.post(REALTIME, json={"eventType": "deploy.finished"}).status_code == 200


def test_pages_say_so(switch, mika):
    switch("on")
    page = mika.get("/w/acme", headers={"Accept": "text/html"})
    assert (page.status_code, "Pulse is under maintenance" in page.text) == (503, True)


def test_readyz_says_why(switch, make_app):
    switch("on", "--reason", "a restore")
    answer = make_app().test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]["maintenance"]) == (503, "on: a restore")


def test_streams_end_and_are_refused_for_now(switch, app, mika):
    with mika.get(REALTIME, headers=STREAM, buffered=False) as stream:
        next(stream.response)
        app.test_cli_runner().invoke(args=["maintenance", "on"])  # seen by the worker's own round
        assert '"reason":"maintenance"' in b"".join(stream.response).decode()
    refused = mika.get(REALTIME, headers=STREAM)
    assert (refused.status_code, refused.mimetype) == (200, "text/event-stream")
    assert '"reason":"maintenance"' in refused.text
    assert "retry: " in refused.text


def test_database_without_tables_counts_as_on(make_app, postgres: Postgres):
    postgres.create_database("maintenance_empty", "template0")
    client = make_app(DATABASE_URL=postgres.url_of("maintenance_empty")).test_client()
    answer = client.get("/api/auth/me")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "MAINTENANCE")


def test_replaced_database_stays_closed(make_app, environ, postgres: Postgres):
    """The database can be dropped under a running worker, and takes the switch with it."""
    backup, live = "maintenance_backup", "maintenance_live"
    postgres.create_database(backup, "template0")
    _migrate(environ | {"DATABASE_URL": postgres.url_of(backup)})
    postgres.create_database(live, backup)
    app = make_app(DATABASE_URL=postgres.url_of(live))
    mode, run = app.extensions["pulse"].maintenance, app.test_cli_runner().invoke
    assert app.test_client().get("/api/auth/me").status_code == 401
    run(args=["maintenance", "on"])
    until(lambda: mode.reason is not None, "the worker to see it")
    with app.app_context():
        db.engine.dispose()  # the command's
    until(lambda: postgres.drop_database(live), "no connection of the worker")
    mode.refresh()
    assert mode.reason == ""
    postgres.create_database(live, backup)
    mode.refresh()
    assert mode.reason == "the database was replaced: `flask maintenance off` ends it"
    run(args=["maintenance", "off"])
    mode.refresh()
    assert app.test_client().get("/api/auth/me").status_code == 401


def test_status_is_printed(switch, app):
    def status():
        return app.test_cli_runner().invoke(args=["maintenance", "status"]).output

    assert status() == "off\n"
    switch("on", "--reason", "a restore")
    assert re.fullmatch(r"on since 2\S+Z: a restore\n", status())


def test_redis_clear_deletes_own_keys(app, redis_url):
    with connect(redis_url) as client:
        client.mset({f"pulse:test:{n}": 1 for n in range(3000)} | {"other:key": 1})
        output = app.test_cli_runner().invoke(args=["redis", "clear"]).output
        assert output.startswith("Deleted ")
        assert client.delete("other:key") == 1
        assert not client.exists("pulse:test:0", "pulse:test:2999")


def _migrate(environ: dict[str, str]) -> None:
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
