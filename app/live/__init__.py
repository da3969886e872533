"""Live streams: what happens in a workspace, as Server-Sent Events and snapshots."""

from __future__ import annotations

from flask import Flask

from app.live import routes


def init_app(app: Flask) -> None:
    """Add the routes of streams and snapshots."""
    app.register_blueprint(routes.blueprint)
