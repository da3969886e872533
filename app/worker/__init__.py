"""One worker process: its parts, how they are connected, how they start and stop."""

from __future__ import annotations

from flask import Flask

from app.worker import process


def init_app(app: Flask) -> None:
    """Give the app its worker, not started yet."""
    process.init_app(app)
