"""Reading events back: pages of the log, exports, the types there are."""

from __future__ import annotations

from flask import Flask

from app.events import export, routes, types


def init_app(app: Flask) -> None:
    """Add the routes."""
    for module in (routes, export, types):
        app.register_blueprint(module.blueprint)
