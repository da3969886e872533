"""CSRF protection: other sites may link to pages, but neither act nor open streams with a visitor's cookie."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, current_app, request

from app.auth.bearer import bearer_token
from app.errors import CrossSite
from app.http.accept_header import asks_for_stream

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITES = ("same-origin", "none")  # "none": typed, bookmarked, or not from a page at all


def init_app(app: Flask) -> None:
    """Check every request that changes something, and every opening of a stream or a WebSocket."""
    app.before_request(_refuse_cross_site)


def _refuse_cross_site() -> None:
    if not _needs_check():
        return
    if not is_same_site(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), _own_origins()):
        raise CrossSite


def _own_origins() -> Collection[str]:
    # Without the setting, the Host that the browser sent: right where no proxy changes it.
    return current_app.config["PULSE"].public_origins or (f"{request.scheme}://{request.host}".lower(),)


def _needs_check() -> bool:
    # No page can make a browser send a bearer token, and beside a token cookies are ignored.
    if bearer_token(request) is not None:
        return False
    # EventSource and WebSocket send cookies and no preflight, so they are not as harmless as other GETs.
    return (
        request.method not in SAFE_METHODS
        or asks_for_stream(request)
        or request.headers.get("Upgrade", "").lower() == "websocket"
    )


def is_same_site(fetch_site: str | None, origin: str | None, own_origins: Collection[str]) -> bool:
    """Decide by `Sec-Fetch-Site`, else by `Origin`; a client that sends neither (curl) is no browser."""
    if fetch_site is not None:
        return fetch_site in OWN_SITES
    if origin is not None:
        return origin.lower() in own_origins
    return True
