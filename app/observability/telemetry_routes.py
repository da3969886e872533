"""GET /metrics: the figures of all workers of this machine, for Prometheus."""

from __future__ import annotations

import hmac

from flask import Blueprint, Request, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from app.auth.bearer import bearer_token
from app.domain.client_address import address_in
from app.errors import NotFound
from app.extensions import component
from app.http.openapi_decorator import described
from app.observability.telemetry import Telemetry

blueprint = Blueprint("telemetry", __name__)

PROXIED = ("X-Forwarded-For", "Forwarded", "Via")


@blueprint.get("/metrics")
@described(answers={"text/plain": "Prometheus' text format."}, refuses=(NotFound,))
def metrics() -> Response:
    """Metrics without names of workspaces or people; for requests with the token, or from this machine."""
    if not _may_read():
        raise NotFound
    telemetry = component(Telemetry)
    telemetry.collect()
    settings = current_app.config["PULSE"]
    registry = telemetry.registry
    if settings.metrics_directory:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, settings.metrics_directory)  # type: ignore[no-untyped-call]  # untyped there
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    settings = current_app.config["PULSE"]
    if settings.metrics_token:
        return hmac.compare_digest((bearer_token(request) or "").encode(), settings.metrics_token.encode())
    # Absent proxy headers prove nothing, for some proxies add none; a service with a public URL has a proxy.
    return not settings.public_origins and _is_local(request)


def _is_local(request: Request) -> bool:
    """Whether the peer is on this machine and named it as host: a proxy passes on the public name, or its own."""
    if any(name in request.headers for name in PROXIED):
        return False
    before_proxies = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    peer = before_proxies.get("REMOTE_ADDR") or ""
    return not peer or (_is_loopback(peer) and _is_loopback(request.host.rpartition(":")[0] or request.host))


def _is_loopback(name: str) -> bool:
    address = address_in(name.strip("[]"))
    return name == "localhost" if address is None else address.is_loopback
