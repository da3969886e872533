"""The API's description: OpenAPI 3.1 made from routes and schemas, and the page that shows it."""

from __future__ import annotations

from flask import Flask

from app.openapi import routes


def init_app(app: Flask) -> None:
    """Serve the description of this app, as JSON and as a page."""
    routes.init_app(app)
