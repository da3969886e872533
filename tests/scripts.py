"""Servers and scripts, which show a token instead of signing in; and a clock that tests set."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from app.auth.credential_cache import CredentialCache
from app.auth.state import Auth
from app.extensions import component, register

REALTIME = "/api/workspaces/acme/analytics/realtime"
TOKENS = "/api/workspaces/acme/tokens"
EVENT = {"eventType": "deploy.finished"}


class Script(FlaskClient):
    """A client without cookies that sends its token with every request."""

    token: str
    token_id: UUID

    def show(self, token: str) -> Script:
        """From now on, send this token."""
        self.token = token
        self.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return self

    def post_event(self, **fields: object):
        """Post an event to acme."""
        return self.post(REALTIME, json=EVENT | fields)


class Clock:
    """Stands still until a test moves it; `now` is monotonic seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def keep_time(app: Flask, clock: Clock) -> None:
    """Let what the app remembers of tokens and actors age by this clock; it begins with nothing."""
    remembered = {"tokens": CredentialCache(clock), "actors": CredentialCache(clock)}
    register(app, replace(component(Auth, app), **remembered))
