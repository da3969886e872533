"""What operators read: metrics for Prometheus, health, readiness, the doctor's checks."""

from __future__ import annotations

from flask import Flask

from app.observability import health, telemetry_routes


def init_app(app: Flask) -> None:
    """Add `/metrics`, `/healthz` and `/readyz`."""
    app.register_blueprint(telemetry_routes.blueprint)
    health.init_app(app)
