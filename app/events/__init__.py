"""Reading events back: pages of the log, exports, the types there are."""

from __future__ import annotations

from flask import Flask

from app.events import data_fields, export, routes, types


def init_app(app: Flask) -> None:
    """Add the routes."""
    for module in (routes, export, types, data_fields):
        app.register_blueprint(module.blueprint)
