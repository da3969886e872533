"""Hostile targets: each place of each path, each parameter of each query, and paths that lead elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlencode

from hostile.case import Case, request
from hostile.routes import Route
from hostile.texts import TEXTS

LONGEST = 3_500  # characters; gunicorn refuses request lines above 4,094 itself, which framing.py tries
PATHS = (
    "/../../etc/passwd",
    "/static/../app/settings/config.py",
    "/static/..%2f..%2fsetup.cfg",
    "/static/%2e%2e/%2e%2e/setup.cfg",
    "/static/....//....//setup.cfg",
    "/static//etc/passwd",
    "/static/js/client/errors.js%00.css",
    "/static/js",
    "/static/js/",
    "/static/CON",
    "/assets/0/..%2f..%2f..%2fsetup.cfg",
    "/assets/../0/js/client/errors.js",
    "//forged.test/%2f..",
    "/\\forged.test",
    "/w/acme/../../api/auth/me",
    "/w/acme%2fmetrics",
    "/api/workspaces/acme/analytics/realtime/",
    "/api/workspaces//analytics/realtime",
    "/api/workspaces/acme//analytics///realtime",
    "/API/WORKSPACES/ACME/ANALYTICS/REALTIME",
    "/api/workspaces/acme/analytics/realtime;jsessionid=1",
    "/api/workspaces/acme/analytics/realtime%3f",
    "/api/workspaces/acme/analytics/realtime#x",
    "/api/workspaces/acme/analytics/events/..",
    "/api/workspaces/acme/analytics/events//",
    "/api/workspaces/acme/analytics/events/%00",
    "/.env",
    "/.git/config",
    "/server-status",
    "/%",
    "/%zz",
    "/%c0%ae%c0%ae/",
    "/" + "a/" * 1_500,
    "/" + "%41" * 1_000,
    "*",
    "http://forged.test/api/auth/me",
    "https://u:p@pulse.test:99999/healthz",
    "pulse.test:443",
    "?",
    "/?" + "&" * 2_000,
    "/login?" + "&".join(f"a{number}=b" for number in range(500)),
)


def targets(routes: list[Route]) -> Iterator[Case]:
    """For every route, and for none."""
    for route in routes:
        yield from _places(route)
        yield from _queries(route)
    for path in PATHS:
        for method in ("GET", "POST", "OPTIONS"):
            yield Case(f"{method} {path[:80]}", request(method, path, {}))


def _places(route: Route) -> Iterator[Case]:
    for place in route.places:
        for name, text in TEXTS.items():
            path = route.with_place(place, quote_from_bytes(text, safe=""))
            yield Case(f"{route.method} {route.rule}: {place} is {name}", route.asked(path[:LONGEST]))


def _queries(route: Route) -> Iterator[Case]:
    for parameter in (*route.parameters, "forged"):
        others = {name: value for name, value in route.needed.items() if name != parameter}
        for name, text in TEXTS.items():
            query = urlencode([*others.items(), (parameter, text)])
            what = f"{route.method} {route.rule}: ?{parameter} is {name}"
            yield Case(what, route.asked(f"{route.path}?{query}"[:LONGEST]))
        if parameter == "forged":
            continue
        usual = others.get(parameter, "1")
        twice = urlencode([*others.items(), (parameter, usual), (parameter, usual)])
        yield Case(f"{route.method} {route.rule}: ?{parameter} twice", route.asked(f"{route.path}?{twice}"))
        many = "&".join([f"{parameter}=message.sent"] * 100)
        yield Case(f"{route.method} {route.rule}: ?{parameter} often", route.asked(f"{route.path}?{many}"))
        raw = f"{route.path}?{parameter}=".encode() + b"\xff\xed\xa0\x80"
        yield Case(f"{route.method} {route.rule}: ?{parameter} in raw bytes", route.asked(raw))
        yield Case(
            f"{route.method} {route.rule}: ?{parameter}[]", route.asked(f"{route.path}?{parameter}[]=1")
        )
