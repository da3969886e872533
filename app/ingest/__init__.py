"""The way in, and what came in: posting events, reading them back, and the types there are."""

from __future__ import annotations

from flask import Flask

from app.events import export, types
from app.events import routes as reading
from app.ingest import routes


def init_app(app: Flask) -> None:
    """Add the routes."""
    for part in (routes, reading, export, types):
        app.register_blueprint(part.blueprint)
