"""The log line of a stream's end says whose it was, and what led to a revocation or a closing."""

from __future__ import annotations

import pytest
from posting import REALTIME

from app.domain.scopes import READ

STREAM = {"Accept": "text/event-stream"}
MEMBERS = "/api/workspaces/acme/members"


@pytest.fixture
def ended(caplog):
    """`ended(stream)`: read it to its end, and get the line about it."""

    def read(stream):
        with caplog.at_level("INFO", logger="app.live.stream_lifecycle"):
            assert b"event: bye" in stream.data
            stream.close()
        [line] = [record for record in caplog.records if record.msg == "stream ended"]
        return line

    return read


@pytest.fixture
def command(app):
    def run(*arguments, **options):
        done = app.test_cli_runner().invoke(args=arguments, **options)
        assert done.exit_code == 0, done.output

    return run


def sign_out(mika, olivia, command):
    mika.post("/api/auth/logout")


def set_password(mika, olivia, command):
    command("user", "set-password", "mika@acme.test", "--password-stdin", input="a longer horse battery\n")


def remove(mika, olivia, command):
    assert olivia.delete(f"{MEMBERS}/{mika.user_id}").status_code == 204


def deactivate(mika, olivia, command):
    command("user", "deactivate", "mika@acme.test")


CAUSES = {"session": sign_out, "password": set_password, "membership": remove, "deactivation": deactivate}


@pytest.mark.parametrize("cause", CAUSES)
def test_revoked_says_what_was_revoked(mika, olivia, command, ended, cause):
    stream = mika.get(REALTIME, headers=STREAM, buffered=False)
    CAUSES[cause](mika, olivia, command)
    line = ended(stream)
    assert (line.reason, line.cause) == ("revoked", cause)
    assert (line.user, line.address) == (str(mika.user_id), "127.0.0.1")


def test_revoked_token_is_a_cause_of_its_own(script, olivia, ended):
    wall = script(READ, of="mika")
    stream = wall.get(REALTIME, headers=STREAM)
    olivia.delete(f"/api/workspaces/acme/tokens/{wall.token_id}")
    line = ended(stream)
    assert (line.reason, line.cause) == ("revoked", "token")
