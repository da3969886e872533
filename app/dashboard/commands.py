"""The commands that send a workspace's first event from a terminal, filled in for whoever is looking."""

from __future__ import annotations

import json
import shlex
from typing import Any, NamedTuple

COOKIE_JAR = "pulse.cookies"
PASSWORD = "your password"  # what the reader replaces; the page never knows it
FIRST_EVENT = {"eventType": "message.sent", "eventData": {"channelId": "general"}}


class Commands(NamedTuple):
    """Two commands for a POSIX shell, to be run one after the other."""

    sign_in: str
    track: str


def first_event(origin: str, slug: str, email: str) -> Commands:
    """The commands for a workspace of the server at `origin` (no slash at its end) and a member's e-mail."""
    return Commands(
        sign_in=_post("-c", f"{origin}/api/auth/login", {"email": email, "password": PASSWORD}),
        track=_post("-b", f"{origin}/api/workspaces/{slug}/analytics/realtime", FIRST_EVENT),
    )


def _post(jar_option: str, url: str, body: dict[str, Any]) -> str:
    lines = (
        f"curl {jar_option} {COOKIE_JAR} {shlex.quote(url)}",
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(json.dumps(body, separators=(',', ':')))}",
    )
    return " \\\n  ".join(lines)
