"""Proxies in front of the service: which of their headers are believed, and one spelling for a client's address.

Sockets and proxies spell one client in several ways. What limits, counts, stores or shows addresses further in
sees one: all of IPv4 is not one client on a dual-stack socket, and a port makes no new client.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.client_address import normal_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def init_app(app: Flask) -> None:
    """Believe as many proxies as PULSE_TRUSTED_PROXIES says, and normalise the address that this gives."""
    wrapped = _with_normal_address(app.wsgi_app)
    # Address and scheme only: a proxy passes Host on, and X-Forwarded-Host is rarely overwritten by one.
    if count := app.config["PULSE"].trusted_proxies:
        wrapped = ProxyFix(wrapped, x_for=count, x_proto=count)
    app.wsgi_app = wrapped  # type: ignore[method-assign, assignment]  # Flask's documented way


def _with_normal_address(inner: WSGIApplication) -> WSGIApplication:
    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = normal_address(environ.get("REMOTE_ADDR")) or ""
        return inner(environ, start_response)

    return outer
