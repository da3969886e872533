"""`flask stream list` and `close`: streams of running workers, from a process of its own."""

import json

import pytest
from servers import until

from app import create_app
from app.extensions import db
from app.settings.config import Settings


@pytest.fixture
def flask(environ):
    """`flask("list", "acme")`: in an app that serves nothing, as the command line makes one."""
    made = []

    def run(*arguments, **changes):
        made.append(create_app(Settings.from_environ(environ | changes)))
        return made[-1].test_cli_runner().invoke(args=["stream", *arguments])

    yield run
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_streams_are_listed_and_closed(server, visit, flask, sql):
    streams = [visit("mika", worker=worker).listen() for worker in server.worker_pids()]
    ids = [stream.next().json["connectionId"] for stream in streams]
    until(lambda: visit("mika").snapshot()["meta"]["connections"] == 2, "two streams counted")
    listed = json.loads(flask("list", "--json").stdout)
    assert [entry["connectionId"] for entry in listed] == ids
    assert {(entry["workspace"], entry["name"], entry["via"]) for entry in listed} == {
        ("acme", "Mika", "session")
    }
    assert "credential" not in listed[0]
    table = flask("list", "acme").stdout.splitlines()
    assert [line.split()[1] for line in table] == ["connectionId", *ids]

    assert flask("close", "acme", ids[0]).stdout == "Closed 1 streams of acme.\n"
    assert streams[0].rest()[-1].json == {"reason": "closed-by-admin"}
    assert json.loads(flask("close", "acme", "--json").stdout) == {"closedCount": 1}
    assert streams[1].rest()[-1].json == {"reason": "closed-by-admin"}
    noted = sql("SELECT via, details FROM audit_entries WHERE action = 'streams.closed' ORDER BY id")
    assert noted == [("command-line", {"count": 1, "connection": ids[0]}), ("command-line", {"count": 1})]
    assert flask("list", "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"REDIS_URL": "unix:///nowhere"}, "Redis (REDIS_URL) is needed to ask the workers: Error 2"),
        ({"PULSE_REDIS_PREFIX": "empty:"}, "No worker runs with this REDIS_URL and the prefix empty:"),
    ],
)
def test_unreachable_workers_are_explained(flask, changes, words):
    done = flask("list", **changes)
    assert (done.exit_code, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_silent_worker_is_reported(server, visit, flask):
    stream = visit("mika").listen()
    stream.next()
    until(lambda: visit("mika").snapshot()["meta"]["connections"] == 1, "a stream counted")
    holder = server.worker_of(stream.local_port)
    [other] = [pid for pid in server.worker_pids() if pid != holder]
    with server.only(other):  # the holder is frozen
        done = flask("list", "acme")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "1 of 1 workers with streams of acme did not answer within 2 seconds." in done.stderr
    stream.until("ping")
