"""Commands for a POSIX shell that pages show, filled in: for a first event, and to try a token."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection
from typing import NamedTuple

from app.domain.scopes import ADMIN, WRITE, WRITE_AS

COOKIE_JAR = "pulse.cookies"
PASSWORD = "your password"  # what the reader replaces; the page never knows it
FIRST_EVENT: dict[str, object] = {"eventType": "message.sent", "eventData": {"channelId": "general"}}
MAY_POST = {WRITE, WRITE_AS, ADMIN}


class Commands(NamedTuple):
    """Two commands for a POSIX shell, to be run one after the other."""

    sign_in: str
    track: str


def first_event(origin: str, slug: str, email: str) -> Commands:
    """The commands for a workspace of the server at `origin` (no slash at its end) and a member's e-mail."""
    return Commands(
        sign_in=_post("-c", f"{origin}/api/auth/login", {"email": email, "password": PASSWORD}),
        track=_post("-b", _realtime(origin, slug), FIRST_EVENT),
    )


def try_token(origin: str, slug: str, scopes: Collection[str], token: str = "") -> str:
    """The command that posts an event with a token, or reads the figures if the token may only read.

    Without a token, the shell's variable PULSE_TOKEN stands for it.
    """
    header = (
        shlex.quote(f"Authorization: Bearer {token}") if token else '"Authorization: Bearer $PULSE_TOKEN"'
    )
    lines = [f"curl {shlex.quote(_realtime(origin, slug))}", f"-H {header}"]
    return _joined(lines + _json_options(FIRST_EVENT) if MAY_POST.intersection(scopes) else lines)


def _post(jar_option: str, url: str, body: dict[str, object]) -> str:
    return _joined([f"curl {jar_option} {COOKIE_JAR} {shlex.quote(url)}", *_json_options(body)])


def _json_options(body: dict[str, object]) -> list[str]:
    data = shlex.quote(json.dumps(body, separators=(",", ":")))
    return ["-H 'Content-Type: application/json'", f"-d {data}"]


def _realtime(origin: str, slug: str) -> str:
    return f"{origin}/api/workspaces/{slug}/analytics/realtime"


def _joined(lines: list[str]) -> str:
    return " \\\n  ".join(lines)
