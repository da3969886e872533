"""Somebody who uses a server over HTTP with a cookie of their own, and listens to streams."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from time import monotonic
from typing import Any

import httpx
from event_stream import EventStream
from servers import PATIENCE, TLS, Server

PASSWORD = "correct horse battery"
PATH = "/api/workspaces/acme/analytics/realtime"
FRESH = 300  # seconds for which a session is shared; after ten minutes it has to show its password again


class Visitor(httpx.Client):
    """An HTTP client that knows the endpoint of `acme`. Closing it closes the streams that it has opened."""

    def __init__(self, server: Server, worker: int | None = None):
        # One connection, kept: a client bound to a worker stays there.
        limits = httpx.Limits(max_connections=1, keepalive_expiry=PATIENCE)
        super().__init__(base_url=server.url, timeout=PATIENCE, limits=limits, trust_env=False, verify=TLS)
        self.server = server
        self.worker = worker
        self.streams: list[EventStream] = []
        self.user_id = ""
        with self._reaching():
            self.get("/healthz")

    def sign_in(self, name: str, *, anew: bool = False) -> Visitor:
        """Sign in as one of the cast, `mika` or `oscar@elsewhere.test`; who did so before shares that session.

        A password takes long to check, on purpose: a test that is about signing in or out does so anew.
        """
        sessions = {} if anew else self.server.sessions
        if name not in sessions or sessions[name][2] + FRESH < monotonic():
            email = name if "@" in name else f"{name}@acme.test"
            answer = self.post("/api/auth/login", json={"email": email, "password": PASSWORD})
            sessions[name] = answer.raise_for_status().json()["user"]["id"], dict(self.cookies), monotonic()
        self.user_id, cookies, _since = sessions[name]
        self.cookies = cookies
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
        self,
        query: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        path: str = PATH,
        **options: str,
    ) -> EventStream:
        """Open a stream, with the options of EventStream; it is closed with this visitor at the latest."""
        headers = {"Cookie": self.cookie, **(headers or {})}
        with self._reaching():
            stream = EventStream(f"{self.server.url}{path}{query}", headers, **options)
        self.streams.append(stream)
        return stream

    def knock(self, path: str = PATH) -> None:
        """Ask for a stream, and be gone before the answer comes."""
        request = (
            f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nCookie: {self.cookie}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.server.port), PATIENCE) as connection:
            connection.sendall(request.encode())

    @property
    def cookie(self) -> str:
        """The Cookie header that says who this is."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        for stream in self.streams:
            stream.close()
        super().close()

    def _reaching(self) -> contextlib.AbstractContextManager:
        return contextlib.nullcontext() if self.worker is None else self.server.only(self.worker)
