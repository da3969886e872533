"""Fills a database with all tables, the workspaces `acme` and `elsewhere`, and their people."""

from __future__ import annotations

import flask_migrate
from visitor import PASSWORD

from app import create_app
from app.config import Settings
from app.extensions import db
from app.workspaces.demo import ensure_demo


def fill(url: str) -> None:
    """Make an empty database into one."""
    settings = {"DATABASE_URL": url, "REDIS_URL": "unix:///nowhere", "PULSE_SECRET_KEY": "x" * 32}
    app = create_app(Settings.from_environ(settings))
    with app.app_context():
        flask_migrate.upgrade()
        ensure_demo(PASSWORD)
        db.engine.dispose()
