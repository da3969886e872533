"""Proxies in front of the service: which of their headers are believed, and one spelling for a client's address.

Sockets and proxies spell one client in several ways. What limits, counts, stores or shows addresses further in
sees one: all of IPv4 is not one client on a dual-stack socket, and a port makes no new client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.domain.client_address import normal_address

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Believe as many proxies as PULSE_TRUSTED_PROXIES says, and normalise the address that this gives."""
    wrapped = _with_normal_address(app.wsgi_app)
    # Address and scheme only: a proxy passes Host on, and X-Forwarded-Host is rarely overwritten by one.
    if count := app.config["PULSE"].trusted_proxies:
        wrapped = ProxyFix(wrapped, x_for=count, x_proto=count)
    app.wsgi_app = wrapped  # type: ignore[method-assign]


def _with_normal_address(inner: WsgiApp) -> WsgiApp:
    def outer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = normal_address(environ.get("REMOTE_ADDR")) or ""
        return inner(environ, start_response)

    return outer
