"""Security headers on every response: CSP, frame-ancestors, nosniff, no-store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask import Flask, Response, request

# Nothing inline, and nothing from elsewhere. Blocks of JSON in a page are data, which no policy is about.
# Trusted Types: no text becomes markup or a script but through the one policy of
# static/js/pages/dashboard/chart.js.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types pulse",
    )
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"

ALL_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    (
        "Referrer-Policy",
        "same-origin",
    ),  # with "no-referrer" a form posted over plain http would lose its Origin
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
PAGE_HEADERS = (
    *ALL_HEADERS,
    ("Content-Security-Policy", PAGE_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
API_HEADERS = (*ALL_HEADERS, ("Content-Security-Policy", API_POLICY))
NOT_STORED = ("Cache-Control", "no-store")
ONE_YEAR = 365 * 24 * 3600  # seconds


class ProtectedResponse(Response):
    """Flask's response, which adds the security headers when it is sent, after all hooks have read its own."""

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """The answer for the server, complete."""
        if self._is_plain and environ["REQUEST_METHOD"] != "HEAD":
            # Werkzeug would copy headers and body, and find nothing to change.
            return self.iter_encoded(), self._status, protected(self.headers.to_wsgi_list())
        body, status, headers = super().get_wsgi_response(environ)
        if self._status_code == 204:  # Flask gives every answer a type, and what has no body has none
            headers = [header for header in headers if header[0] != "Content-Type"]
        return body, status, protected(headers)

    @property
    def _is_plain(self) -> bool:
        """True for a 200 with a complete body and nothing to do when it is closed."""
        return (
            self._status_code == 200
            and type(self.response) is list
            and not self._on_close
            and "Content-Length" in self.headers
        )


def protected(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """An answer's own headers, and those that it needs beside them."""
    own = dict(headers)
    added = PAGE_HEADERS if own.get("Content-Type", "").startswith("text/html") else API_HEADERS
    # Responses depend on the user; a shared computer's cache must not answer for us after sign-out.
    return [*headers, *added] if "Cache-Control" in own else [*headers, *added, NOT_STORED]


def init_app(app: Flask) -> None:
    """Send them with every answer, also where Flask or a view makes one of another class."""
    app.response_class = ProtectedResponse
    origins = app.config["PULSE"].public_origins
    if origins:
        app.after_request(lambda response: _add_hsts(response, origins))


def _add_hsts(response: Response, origins: Collection[str]) -> Response:
    # By name: a server that is also reached as http://10.0.0.5 makes no promise for that one.
    if f"https://{request.host}".lower() in origins:
        response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
    return response
