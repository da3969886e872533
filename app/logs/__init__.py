"""Log lines: structlog's configuration, and the suppression of repeated lines."""

from __future__ import annotations

from flask import Flask

from app.logs.configuration import configure


def init_app(app: Flask) -> None:
    """Write this process's log as the app's settings say."""
    settings = app.config["PULSE"]
    configure(settings.log_level, journal=settings.journal)
