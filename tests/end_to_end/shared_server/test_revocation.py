"""Streams end within a second on every worker when the right to read does, with the reason."""

import json
import os
import subprocess
import sys

import pytest
from servers import ROOT


@pytest.fixture
def listen_everywhere(server, visit):
    """`listen_everywhere("mika")`: a fresh session with a stream on each worker."""

    def listen(name):
        visitors = [visit(worker=worker) for worker in server.worker_pids()]
        visitors[0].sign_in(name, anew=True)
        for visitor in visitors[1:]:
            visitor.cookies = visitors[0].cookies
        return visitors[0], [visitor.listen() for visitor in visitors]

    return listen


@pytest.fixture
def flask(environ):
    """`flask("user", "deactivate", "mika@acme.test")`: an administrator at the command line."""

    def run(*arguments):
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        environment = {"PATH": os.environ["PATH"], **environ}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def reasons(streams):
    return [json.loads(stream.until("bye").data)["reason"] for stream in streams]


def test_sign_out_ends_streams(listen_everywhere):
    mika, streams = listen_everywhere("mika")
    assert mika.post("/api/auth/logout").status_code == 204
    assert reasons(streams) == ["revoked", "revoked"]


def test_sign_out_leaves_other_sessions(listen_everywhere, visit):
    other = visit("mika").listen()
    mika, _ = listen_everywhere("mika")
    mika.post("/api/auth/logout")
    visit("olivia").track("custom.after_sign_out")
    assert json.loads(other.until("event").data)["eventType"] == "custom.after_sign_out"


def test_sign_out_everywhere_ends_all_streams(listen_everywhere):
    mika, streams = listen_everywhere("mika")
    _, others = listen_everywhere("mika")
    assert mika.delete("/api/auth/sessions").status_code == 204
    assert reasons(streams + others) == ["revoked"] * 4


def test_token_revocation_ends_streams(visit):
    olivia = visit("olivia")
    tokens = "/api/workspaces/acme/tokens"
    made = (
        olivia.post(tokens, json={"name": "Wall screen", "scopes": ["stats:read"]}).raise_for_status().json()
    )
    stream = visit().listen(headers={"Authorization": f"Bearer {made['token']}"})
    stream.until("connected")
    assert olivia.delete(f"{tokens}/{made['id']}").status_code == 204
    assert reasons([stream]) == ["revoked"]


def test_removed_members_streams_end(listen_everywhere, flask):
    _, streams = listen_everywhere("noor")
    flask("workspace", "remove-member", "acme", "noor@acme.test")
    assert reasons(streams) == ["revoked", "revoked"]


def test_deactivation_ends_streams(listen_everywhere, flask):
    sam, streams = listen_everywhere("sam")
    flask("user", "deactivate", "sam@acme.test")
    assert reasons(streams) == ["revoked", "revoked"]
    assert sam.get("/api/auth/me").status_code == 401
