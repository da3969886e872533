"""Somebody who uses a server over HTTP with a cookie of their own, and listens to streams."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import httpx
from event_stream import EventStream
from servers import PATIENCE, Server

PASSWORD = "correct horse battery"
PATH = "/api/workspaces/acme/analytics/realtime"


class Visitor(httpx.Client):
    """An HTTP client that knows the endpoint of `acme`. Closing it closes the streams that it has opened."""

    def __init__(self, server: Server, worker: int | None = None):
        super().__init__(base_url=server.url, timeout=PATIENCE, trust_env=False)
        self.server = server
        self.worker = worker
        self.streams: list[EventStream] = []

    def sign_in(self, name: str) -> Visitor:
        """Sign in as one of the cast: `mika`, or `oscar@elsewhere.test`."""
        email = name if "@" in name else f"{name}@acme.test"
        self.post("/api/auth/login", json={"email": email, "password": PASSWORD}).raise_for_status()
        return self

    def track(self, event_type: str = "message.sent", data: Mapping[str, Any] | None = None, **fields: Any):
        """Post an event that must succeed; its answer."""
        answer = self.post(PATH, json={"eventType": event_type, "eventData": data or {}, **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def snapshot(self) -> dict[str, Any]:
        """`{"data": …, "meta": …}`."""
        return self.get(PATH).raise_for_status().json()

    def listen(
        self, query: str = "", headers: Mapping[str, str] | None = None, path: str = PATH
    ) -> EventStream:
        """Open a stream; it is closed with this visitor at the latest."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with self._reaching():
            stream = EventStream(f"{self.server.url}{path}{query}", {"Cookie": cookie, **(headers or {})})
        self.streams.append(stream)
        return stream

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with self._reaching():
            return super().send(request, **options)

    def close(self) -> None:
        for stream in self.streams:
            stream.close()
        super().close()

    def _reaching(self) -> contextlib.AbstractContextManager:
        # Somebody bound to a worker: a connection that is open already stays there, a new one is steered.
        return contextlib.nullcontext() if self.worker is None else self.server.only(self.worker)
