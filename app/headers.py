"""What every answer tells a browser to refuse: foreign code, frames, guesses at types, copies."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

# Nothing inline, and nothing from elsewhere. Blocks of JSON in a page are data, which no policy is about.
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
HTTPS_FOR = 365 * 24 * 3600  # seconds


def init_app(app: Flask) -> None:
    """Send them with every answer. Called first, so that it comes last: an error may yet become a page."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    headers = response.headers
    # No view sends any of these, so they are added unseen: to replace them takes three times as long.
    headers.extend(PAGES if response.mimetype == "text/html" else ALL_ELSE)
    if _is_public_over_https():
        headers["Strict-Transport-Security"] = f"max-age={HTTPS_FOR}"
    # Answers depend on who asks; a shared computer's cache must not answer for us after sign-out.
    if "Cache-Control" not in headers and request.endpoint != "static":
        headers.add("Cache-Control", "no-store")
    return response


def _is_public_over_https() -> bool:
    # By name: a server that is also reached as http://10.0.0.5 makes no promise for that one.
    origins = current_app.config["PULSE"].public_origins
    return bool(origins) and f"https://{request.host}".lower() in origins
