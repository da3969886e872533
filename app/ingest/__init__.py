"""The way in, and what came in: posting events, reading them back, and the types there are."""

from __future__ import annotations

from flask import Flask

from app.ingest import event_types, export, reading, routes


def init_app(app: Flask) -> None:
    """Add the routes."""
    for part in (routes, reading, export, event_types):
        app.register_blueprint(part.blueprint)
