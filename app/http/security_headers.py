"""What every answer tells a browser to refuse: foreign code, frames, guesses at types, copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from flask import Flask, Response, request

# Nothing inline, and nothing from elsewhere. Blocks of JSON in a page are data, which no policy is about.
# Trusted Types: no text becomes markup or a script but through the one policy of
# static/js/pages/dashboard/chart.js.
OF_PAGES = "; ".join(
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
OF_ALL_ELSE = "default-src 'none'; frame-ancestors 'none'"

ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    (
        "Referrer-Policy",
        "same-origin",
    ),  # with "no-referrer" a form posted over plain http would lose its Origin
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
PAGES = (*ALWAYS, ("Content-Security-Policy", OF_PAGES), ("Cross-Origin-Opener-Policy", "same-origin"))
ALL_ELSE = (*ALWAYS, ("Content-Security-Policy", OF_ALL_ELSE))
NOT_STORED = ("Cache-Control", "no-store")
HTTPS_FOR = 365 * 24 * 3600  # seconds


class ProtectedResponse(Response):
    """Flask's, which adds these headers as it leaves: by then nobody looks at each of them any more."""

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """The answer for the server, complete."""
        body, status, headers = super().get_wsgi_response(environ)
        if self._status_code == 204:  # Flask gives every answer a type, and what has no body has none
            headers = [header for header in headers if header[0] != "Content-Type"]
        return body, status, protected(headers)


def protected(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """An answer's own headers, and those that it needs beside them."""
    own = dict(headers)
    added = PAGES if own.get("Content-Type", "").startswith("text/html") else ALL_ELSE
    # Answers depend on who asks; a shared computer's cache must not answer for us after sign-out.
    return [*headers, *added] if "Cache-Control" in own else [*headers, *added, NOT_STORED]


def init_app(app: Flask) -> None:
    """Send them with every answer, also where Flask or a view makes one of another class."""
    app.response_class = ProtectedResponse
    origins = app.config["PULSE"].public_origins
    if origins:
        app.after_request(lambda response: _promise_https(response, origins))


def _promise_https(response: Response, origins: Collection[str]) -> Response:
    # By name: a server that is also reached as http://10.0.0.5 makes no promise for that one.
    if f"https://{request.host}".lower() in origins:
        response.headers["Strict-Transport-Security"] = f"max-age={HTTPS_FOR}"
    return response
