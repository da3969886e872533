"""HTTP plumbing that every route shares: parsing, responses, headers, limits, the OpenAPI decorator."""

from __future__ import annotations

from flask import Flask

from app.http import (
    body_limits,
    compression,
    problem_responses,
    proxies,
    query_parameters,
    request_log,
    security_headers,
)


def init_app(app: Flask) -> None:
    """Bind what every request passes. Hooks run in this order; the proxies' middleware is the outermost."""
    security_headers.init_app(app)
    compression.init_app(app)
    request_log.init_app(app)
    problem_responses.init_app(app)
    body_limits.init_app(app)
    query_parameters.init_app(app)
    proxies.init_app(app)
