"""The commands on an empty page, as a shell reads them."""

import json
import shlex

from app.dashboard.commands import first_event


def words(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", ""))


def test_they_sign_in_and_track():
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


def test_an_address_that_means_something_to_a_shell_stays_an_address():
    email = "o'neil$(id)`id`&#@acme.test"
    command = first_event("http://localhost:8000", "acme", email).sign_in
    assert json.loads(words(command)[-1])["email"] == email
