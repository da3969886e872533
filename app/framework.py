"""Flask, without what this service has no use for: it answers thousands of small requests a second."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import MapAdapter

# What decides how our URLs begin, as far as a request tells.
ADDRESS = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME")


class CompactJson(DefaultJSONProvider):
    """Answers without spaces, in the order that views give them."""

    sort_keys = False  # the most frequent types come first

    def __init__(self, app: Flask):
        super().__init__(app)
        # Made once: json.dumps would make an encoder for every answer.
        self._encode = json.JSONEncoder(separators=(",", ":"), default=self.default).encode

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """The answer that `jsonify` makes."""
        text = self._encode(self._prepare_response_obj(args, kwargs))
        return self._app.response_class(f"{text}\n", content_type="application/json")


class Pulse(Flask):
    """A Flask whose views are ordinary functions, and which knows its own address from request to request."""

    json_provider_class = CompactJson

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # `//` is nothing, not a redirect to `/`: that would lead to whatever host the request names.
        self.url_map.merge_slashes = False
        # A few names lead here; anybody can make up more.
        self._at_address = lru_cache(maxsize=64)(self._bind)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """To look whether a function is a coroutine takes 10 µs of each request, and none of ours is."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the route. To work out a host's name takes 6 µs, so that is done once for each host."""
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        here = self._at_address(*map(request.environ.get, ADDRESS))
        return MapAdapter(
            self.url_map,
            here.server_name,
            here.script_name,
            here.subdomain,
            here.url_scheme,
            request.path,
            request.method,
            request.query_string.decode(errors="replace"),
        )

    def _bind(self, *address: str | None) -> MapAdapter:
        given = {name: value for name, value in zip(ADDRESS, address, strict=True) if value is not None}
        return self.url_map.bind_to_environ({**given, "REQUEST_METHOD": "GET"}, subdomain="")
