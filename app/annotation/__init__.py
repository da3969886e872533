"""Annotations: notes on charts by members and scripts, and the marks derived from what happened."""

from __future__ import annotations

from flask import Flask

from app.annotation import routes


def init_app(app: Flask) -> None:
    """Add the routes."""
    app.register_blueprint(routes.blueprint)
