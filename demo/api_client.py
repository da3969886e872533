"""HTTP API client of one demo user: signs in with a password, then posts events."""

import contextlib
import http.client
import json
from http.cookies import SimpleCookie
from typing import Any

EVENTS = "/api/workspaces/acme/analytics/realtime"
TIMEOUT = 10.0


class Rejected(Exception):
    """The server rejected the request; a retry is pointless."""


class Unavailable(Exception):
    """The server is unavailable; `retry_after` is its Retry-After in seconds, or 0."""

    def __init__(self, reason: str, retry_after: float = 0.0):
        super().__init__(reason)
        self.retry_after = retry_after


class ApiClient:
    """Reuses one connection and one session, and renews either when it is lost."""

    def __init__(self, port: int, email: str, password: str):
        self.email = email
        self._password = password
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._cookies: dict[str, str] = {}  # of the sign-in, by name

    def sign_in(self) -> bool:
        """Sign in; False if the user does not exist or has another password."""
        self._cookies = {}
        status, _ = self._request("/api/auth/login", {"email": self.email, "password": self._password})
        return status == 200

    def post(self, body: dict[str, Any]) -> None:
        """Post an event; returns once it is stored. Raises Unavailable (retry) or Rejected (do not)."""
        if not self._cookies and not self.sign_in():
            raise Rejected(f"{self.email} cannot sign in any more")
        status, content = self._request(EVENTS, body)
        if status == 401:  # the session was revoked: the retry signs in
            self._cookies = {}
            raise Unavailable("the session has ended")
        if status >= 400:
            raise Rejected(f"{body['eventType']}: {status} {content[:300].decode(errors='replace')}")

    def close(self) -> None:
        self._connection.close()

    def _request(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
        was_open = self._connection.sock is not None
        try:
            response, content = self._exchange(path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            if was_open:  # the server had closed an idle keep-alive connection
                return self._request(path, body)
            raise Unavailable(str(error) or type(error).__name__) from None
        if response.status == 429 or response.status >= 500:
            raise Unavailable(
                f"{path} returned {response.status}", parse_retry_after(response.headers.get("Retry-After"))
            )
        self._store_cookies(response)
        return response.status, content

    def _exchange(
        self, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            self._connection.request("POST", path, json.dumps(body), headers)
            response = self._connection.getresponse()
            return response, response.read()
        except BaseException:
            self._connection.close()
            raise

    def _store_cookies(self, response: http.client.HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value


def parse_retry_after(header: str | None) -> float:
    """Retry-After in seconds, at most 300; 0 if it is absent or a date."""
    with contextlib.suppress(ValueError):
        return min(max(float(header or 0), 0.0), 300.0)
    return 0.0
