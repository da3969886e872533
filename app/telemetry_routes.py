"""GET /metrics: the figures of all workers of this machine, for Prometheus."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from app.auth import bearer
from app.described import described
from app.errors import NotFound

blueprint = Blueprint("telemetry", __name__)

PROXIED = ("X-Forwarded-For", "Forwarded", "Via")


@blueprint.get("/metrics")
@described(answers={"text/plain": "Prometheus' text format."}, refuses=(NotFound,))
def metrics() -> Response:
    """Figures without names of workspaces or people; for whoever is on this machine, or shows the token."""
    if not _may_read():
        raise NotFound
    telemetry = current_app.extensions["pulse"].telemetry
    telemetry.look()
    settings = current_app.config["PULSE"]
    everybodys = telemetry.registry
    if settings.metrics_directory:
        everybodys = CollectorRegistry()
        MultiProcessCollector(everybodys, settings.metrics_directory)
    return Response(generate_latest(everybodys), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    wanted = current_app.config["PULSE"].metrics_token
    if wanted:
        return hmac.compare_digest((bearer.presented(request) or "").encode(), wanted.encode())
    # What came through a proxy came from outside.
    return not any(name in request.headers for name in PROXIED)
