"""The command line: one file for each group of `flask` commands."""

from __future__ import annotations

from flask import Flask

from app.cli.audit import audit
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.events import events
from app.cli.maintenance import maintenance
from app.cli.metrics import metrics
from app.cli.redis import redis
from app.cli.settings import settings
from app.cli.stream import stream
from app.cli.token import token
from app.cli.user import user
from app.cli.workspace import workspace


def init_app(app: Flask) -> None:
    """Register the command groups with `flask`."""
    for group in (
        user,
        workspace,
        token,
        stream,
        events,
        metrics,
        settings,
        demo,
        doctor,
        maintenance,
        redis,
        audit,
    ):
        app.cli.add_command(group)
