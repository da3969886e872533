"""Cross-site requests: another site may link to our pages, but not act or listen with a visitor's cookie."""

from __future__ import annotations

from flask import Flask, request

from app.auth import bearer
from app.errors import CrossSite

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITES = ("same-origin", "none")  # "none": typed, bookmarked, or not from a page at all


def init_app(app: Flask) -> None:
    """Check every request that changes something, and every opening of a stream."""
    app.before_request(_refuse_cross_site)


def _refuse_cross_site() -> None:
    if not _needs_check():
        return
    own = f"{request.scheme}://{request.host}"
    if not comes_from_us(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), own):
        raise CrossSite


def _needs_check() -> bool:
    # No page can make a visitor's browser send a token, and beside a token cookies count for nothing.
    if bearer.presented(request) is not None:
        return False
    # EventSource sends cookies and no preflight, so a stream is not as harmless as other GETs.
    return (
        request.method not in SAFE_METHODS or "text/event-stream" in request.headers.get("Accept", "").lower()
    )


def comes_from_us(fetch_site: str | None, origin: str | None, own_origin: str) -> bool:
    """Decide by `Sec-Fetch-Site`, else by `Origin`; a client that sends neither (curl) is no browser."""
    if fetch_site is not None:
        return fetch_site in OWN_SITES
    if origin is not None:
        return origin.lower() == own_origin.lower()
    return True
