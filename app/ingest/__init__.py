"""Ingest: events are posted, validated, committed and published."""

from __future__ import annotations

from flask import Flask

from app.ingest import routes


def init_app(app: Flask) -> None:
    """Add the routes."""
    app.register_blueprint(routes.blueprint)
