"""The corpus: every family of hostile requests, against every route that there is."""

from __future__ import annotations

from hostile.bodies import bodies
from hostile.case import Case
from hostile.framing import framing
from hostile.heads import heads
from hostile.routes import Route
from hostile.targets import targets

# What reads headers in ways of its own: by method and the end of the rule.
HEADED = ("GET /realtime", "POST /realtime", "GET /events", "GET /login", "GET /static/<path:filename>")


def corpus(routes: list[Route], step: int = 1) -> list[Case]:
    """Every one of it, or beside all of the framing every `step`th: of each family something, for every route.

    What ends sessions comes last, so that all others are sent with a valid session.
    """
    harmless = [route for route in routes if not _ends_sessions(route)]
    lasts = [route for route in routes if _ends_sessions(route)]
    headed = [_one(routes, name) for name in HEADED]
    poster = _one(routes, "POST /realtime")
    families = [
        *heads([*headed, headed[0].as_stream()]),
        *bodies(harmless),
        *targets(harmless),
        *bodies(lasts),
        *targets(lasts),
    ]
    return [*framing(poster), *families[::step]]


def _one(routes: list[Route], name: str) -> Route:
    method, end = name.split()
    return next(route for route in routes if route.method == method and route.rule.endswith(end))


def _ends_sessions(route: Route) -> bool:
    return route.method != "GET" and any(word in route.rule for word in ("logout", "sessions", "sign-out"))
