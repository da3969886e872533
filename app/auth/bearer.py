"""The bearer token of a request (RFC 6750). It alone authenticates the request: cookies beside it are ignored."""

from __future__ import annotations

from flask import Request

PARSED = "pulse.bearer_token"  # in the WSGI environment: session, CSRF check and access all need the token


def bearer_token(request: Request) -> str | None:
    """What follows `Authorization: Bearer`, valid or not; None without such a header. Parsed once a request."""
    environ = request.environ
    if PARSED in environ:
        parsed: str | None = environ[PARSED]
        return parsed
    # From the environment: Werkzeug's header look-up takes four times as long.
    scheme, _, value = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = value.strip() if scheme.lower() == "bearer" else None
    environ[PARSED] = token
    return token
