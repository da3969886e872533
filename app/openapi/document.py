"""The OpenAPI document of the whole API, made from the routes of an app."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from flask import Flask

from app.http.response_schema import ProblemDocument
from app.openapi.operation import SESSION, TOKEN, Route, operation
from app.openapi.schemas import Plugin, name_of, purpose_of

PREFIXES = ("/api/", "/healthz", "/readyz", "/metrics")
IMPLICIT = {"HEAD", "OPTIONS"}
ABOUT = """\
Everything is JSON over HTTP, in UTF-8; moments are ISO 8601 in UTC with milliseconds. Every refusal is a problem
document (RFC 9457) with a stable `code`. `X-Request-ID` is the id of a request in the server's log.

**Cross-site requests.** With the cookie of a session, whatever changes something or opens a stream must come from
our own pages: `Sec-Fetch-Site` must be `same-origin` or `none`, or where it is not sent `Origin` one of ours; a
client that sends neither is no browser. All others get 403 `CROSS_SITE`. Beside a bearer token cookies are
ignored, and no such rule applies.

**Streams.** `GET /api/workspaces/{workspace}/analytics/realtime` with `Accept: text/event-stream` is a stream of
Server-Sent Events without an end. Each frame has a name (`event:`) and JSON (`data:`); `x-frames` there says which
schema each has."""
# In the order of the page; a part without a title here comes last, under its own name.
TITLES = {
    "auth_api": "Sign-in",
    "own_api": "One's own account",
    "ingest": "Posting events",
    "live": "Streams and snapshot",
    "events": "Reading events",
    "export": "Export",
    "event_types": "Event types",
    "insights": "Metrics",
    "history": "History",
    "trends": "Trends",
    "forecast": "Forecast",
    "breakdown": "Breakdown",
    "changes": "What changed",
    "explain": "Explain",
    "presence": "Presence",
    "custom_metrics": "Custom metrics",
    "cards": "Cards of the dashboard",
    "settings": "Settings of a workspace",
    "members": "Members",
    "tokens": "Tokens",
    "audit": "Audit log",
    "health": "Health",
    "telemetry": "Telemetry",
    "openapi": "This description",
}


def routes(app: Flask) -> Iterator[Route]:
    """The routes of the API, in the order in which they were added."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            for method in sorted((rule.methods or set()) - IMPLICIT):
                yield Route(method, rule, app.view_functions[rule.endpoint])


def document(app: Flask, version: str) -> dict[str, Any]:
    """The OpenAPI document, as plain values."""
    plugin = Plugin(schema_name_resolver=name_of)
    spec = APISpec("Pulse", version, "3.1.0", plugins=[plugin], info={"description": ABOUT})
    plugin.reference(ProblemDocument)
    firsts: dict[str, Route] = {}
    for route in routes(app):
        if route.description:
            described = operation(route, route.description, plugin)
            spec.path(route.path, operations={route.method.lower(): described})
            firsts.setdefault(route.part, route)
    for part in sorted(firsts, key=_place):
        spec.tag(_tag(firsts[part]))
    for name, scheme in _security_schemes(app).items():
        spec.components.security_scheme(name, scheme)
    return spec.to_dict()


def _place(part: str) -> int:
    return list(TITLES).index(part) if part in TITLES else len(TITLES)


def _tag(route: Route) -> dict[str, str]:
    return {
        "name": route.part,
        "x-displayName": TITLES.get(route.part, route.part.replace("_", " ").capitalize()),
        "description": purpose_of(sys.modules[route.view.__module__]),
    }


def _security_schemes(app: Flask) -> dict[str, dict[str, str]]:
    return {
        SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": app.config["SESSION_COOKIE_NAME"],
            "description": "The session cookie that `POST /api/auth/login` sets.",
        },
        TOKEN: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "pulse_ and 64 hex digits",
            "description": "A token with the scopes that are named; its owner's role must allow the same.",
        },
    }
