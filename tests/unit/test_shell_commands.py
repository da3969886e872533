"""The commands on an empty page, as a shell reads them."""

import json
import shlex
import subprocess

import pytest

from app.dashboard.commands import first_event, try_token


def words(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", ""))


def test_first_event_commands():
    commands = first_event("https://pulse.example", "acme", "mika@acme.test")
    assert words(commands.sign_in) == [
        "curl", "-c", "pulse.cookies", "https://pulse.example/api/auth/login",
        "-H", "Content-Type: application/json",
        "-d", '{"email":"mika@acme.test","password":"your password"}',
    ]  # fmt: skip
    assert words(commands.track) == [
        "curl", "-b", "pulse.cookies", "https://pulse.example/api/workspaces/acme/analytics/realtime",
        "-H", "Content-Type: application/json",
        "-d", '{"eventType":"message.sent","eventData":{"channelId":"general"}}',
    ]  # fmt: skip


def test_email_is_shell_quoted():
    email = "o'neil$(id)`id`&#@acme.test"
    command = first_event("http://localhost:8000", "acme", email).sign_in
    assert json.loads(words(command)[-1])["email"] == email


REALTIME = "https://pulse.example/api/workspaces/acme/analytics/realtime"
POST = [
    "-H",
    "Content-Type: application/json",
    "-d",
    '{"eventType":"message.sent","eventData":{"channelId":"general"}}',
]


@pytest.mark.parametrize(
    ("scopes", "options"),
    [
        (["stats:read", "events:write"], POST),
        (["events:write-as"], POST),
        (["admin"], POST),
        (["stats:read"], []),
    ],
)
def test_token_command_follows_the_scopes(scopes, options):
    command = try_token("https://pulse.example", "acme", scopes, "pulse_0a")
    assert words(command) == ["curl", REALTIME, "-H", "Authorization: Bearer pulse_0a", *options]


@pytest.mark.parametrize("origin", ["http://a'b", "http://[::1]:8000", "http://$(id)`id`&;"])
def test_token_command_in_a_real_shell(origin):
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{try_token(origin, 'acme', ['stats:read'])}"
    said = subprocess.run(
        ["/bin/sh", "-c", script], env={"PULSE_TOKEN": "pulse_0b"}, capture_output=True, check=True
    )
    assert said.stdout.decode().splitlines() == [
        f"{origin}/api/workspaces/acme/analytics/realtime", "-H", "Authorization: Bearer pulse_0b",
    ]  # fmt: skip
