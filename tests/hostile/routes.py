"""Every route as the corpus asks it in good faith: its path, whose request it is, its body and its parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Flask

from hostile.case import Headers, request

PLACES = {
    "workspace": "acme",
    "slug": "acme",
    "token_id": "00000000-0000-4000-8000-000000000000",
    "token": "A" * 43,  # of an invitation, or of a link to reset a password
    "user_id": "00000000-0000-4000-8000-000000000000",
    "invitation_id": "00000000-0000-4000-8000-000000000000",
    "annotation_id": "00000000-0000-4000-8000-000000000000",
    "session_id": "0" * 24,
    "name": "deploys",
    "connection_id": "conn_1_abc",
    "event_id": "e-1",
    "filename": "js/client/errors.js",
    "path": "js/client/errors.js",
    "version": "0",
}
EVENT = {
    "eventType": "message.sent",
    "eventData": {"messageId": "m-1", "channelId": "c-1"},
    "sessionId": "s-1",
    "eventId": "e-1",
    "timestamp": None,
    "actor": None,
}
METRIC = {
    "name": "deploys",
    "title": "Deploys",
    "unit": "",
    "aggregate": "avg",
    "field": "eventData.order.total",
    "types": ["deploy.finished"],
    "where": [{"field": "eventData.order.total", "op": "gt", "value": 1}],
    "window": "1h",
}
ANNOTATION = {
    "text": "Release 7",
    "at": "2025-12-06T12:00:00Z",
    "until": None,
    "url": "https://example.com/7",
    "tags": ["web"],
    "kind": "deploy",
}
# By the end of the rule. A route that is not here gets the values alone, without a field around them.
BODIES = {
    "POST /realtime": EVENT,
    "POST /realtime/batch": {"events": [EVENT]},
    "POST /members": {"email": "nobody@acme.test", "role": "viewer"},
    "PATCH /members/<uuid:user_id>": {"role": "viewer"},
    "PATCH /settings": {
        "name": "Acme",
        "timezone": "UTC",
        "strict": False,
        "addresses": "off",
        "markTypes": ["deploy.finished"],
    },
    "POST /tokens": {"name": "Build", "scopes": ["events:write"], "expiresAt": None},
    "POST /custom-metrics": METRIC,
    "POST /custom-metrics/preview": METRIC,
    "PATCH /custom-metrics/<name>": METRIC | {"paused": False},
    "POST /annotations": ANNOTATION,
    "PATCH /annotations/<uuid:annotation_id>": ANNOTATION,
    "PUT /dashboard": {"cards": ["onlineUsers"]},
    "POST /api/auth/login": {"email": "nobody@acme.test", "password": "wrong"},
    "POST /api/auth/password": {"currentPassword": "wrong", "newPassword": "short"},
}
FILTERS = ("type", "user", "channel", "since", "until")
PARAMETERS: dict[str, Sequence[str]] = {
    "/realtime": ("metrics", "compare", "lastEventId"),
    "/history": ("metric", "since", "until", "step", "tz", "format", "expected"),
    "/explain": ("metric", "limit"),
    "/trends": ("metric", "period", "count", "tz"),
    "/activity": (
        "of",
        "since",
        "until",
        "step",
        "tz",
        "type",
        "user",
        "channel",
        "compare",
        "format",
        "csv",
    ),
    "/breakdown": (*FILTERS, "by", "metric", "limit", "compare"),
    "/forecast": ("metric",),
    "/changes": (*FILTERS, "by", "metric", "limit", "compare"),
    "/events": (*FILTERS, "q", "after", "before", "around", "limit"),
    "/annotations": ("since", "until", "tag"),
    "/fields": ("type",),
    "/events/export": (*FILTERS, "q", "format"),
    "/events/<path:event_id>": ("seq",),
    "/audit": ("before", "limit"),
    "/login": ("next",),
    "/account": ("done",),
    "/w/<slug>": ("kiosk",),
}
NEEDED = {
    "/history": {"metric": "onlineUsers"},
    "/explain": {"metric": "onlineUsers"},
    "/trends": {"metric": "messagesToday"},
    "/activity": {"of": "events"},
    "/forecast": {"metric": "messagesToday"},
    "/breakdown": {"by": "type"},
}
# These check a password, which takes long on purpose.
SLOW = ("/login", "/api/auth/login", "/api/auth/password", "/account/password")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule, and what makes a request to it one in good faith."""

    method: str
    rule: str
    headers: Headers

    @property
    def path(self) -> str:
        """With everything filled in."""
        return self.with_place()

    @property
    def places(self) -> list[str]:
        """The names of what is to be filled in."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule)

    def with_place(self, name: str = "", value: str = "") -> str:
        """The path, with one of its places filled in with something else."""
        places = PLACES | {name: value}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: places[found[1]], self.rule)

    @property
    def is_slow(self) -> bool:
        return self.rule in SLOW

    @property
    def body(self) -> object:
        """What it takes in good faith; None if that is not known."""
        return next((body for end, body in BODIES.items() if self._ends_with(end)), None)

    @property
    def parameters(self) -> Sequence[str]:
        """The names of its query parameters."""
        found = (names for end, names in PARAMETERS.items() if self.rule.endswith(end))
        return next(found, ()) if self.method == "GET" else ()

    @property
    def needed(self) -> Mapping[str, str]:
        """The parameters that it cannot do without."""
        return next((given for end, given in NEEDED.items() if self.rule.endswith(end)), {})

    def asked(
        self, target: str | bytes = "", headers: Headers | None = None, body: bytes | None = None
    ) -> bytes:
        """The bytes of a request to it."""
        return request(self.method, target or self.path, {**self.headers, **(headers or {})}, body)

    def in_good_faith(self) -> bytes:
        """As a client of ours asks."""
        if self.body is None:
            return self.asked()
        return self.asked(headers={"Content-Type": "application/json"}, body=json.dumps(self.body).encode())

    def as_stream(self) -> Route:
        """The same, asking for a stream."""
        return replace(self, headers={**self.headers, "Accept": "text/event-stream"})

    def _ends_with(self, end: str) -> bool:
        method, rule = end.split()
        return self.method == method and self.rule.endswith(rule)


def routes_of(app: Flask, bearer: Headers, cookie: Headers) -> list[Route]:
    """All there are; those of a workspace are asked with a token, all others with a cookie."""
    return [
        Route(method, rule.rule, bearer if "<workspace>" in rule.rule else cookie)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted(_methods(rule.methods))
    ]


def _methods(methods: Iterable[str]) -> set[str]:
    return set(methods) - {"HEAD", "OPTIONS"}
