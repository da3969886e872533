"""One person's connection to the public HTTP API: signs in with a password, then posts events."""

import contextlib
import http.client
import json
from http.cookies import SimpleCookie

EVENTS = "/api/workspaces/acme/analytics/realtime"
TIMEOUT = 10.0


class Refused(Exception):
    """The server said no to this request, and would again."""


class Away(Exception):
    """The server cannot answer now; `retry_after` is how many seconds it asked to be left alone, or 0."""

    def __init__(self, why: str, retry_after: float = 0.0):
        super().__init__(why)
        self.retry_after = retry_after


class Client:
    """Keeps one connection and one session, and renews either when it is gone."""

    def __init__(self, port: int, email: str, password: str):
        self.email = email
        self._password = password
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._cookies: dict[str, str] = {}  # the session's, and others that a sign-in brings

    def sign_in(self) -> bool:
        """Get a session; False if there is no such person or the password is another."""
        self._cookies = {}
        status, _ = self._request("/api/auth/login", {"email": self.email, "password": self._password})
        return status == 200

    def post(self, body: dict) -> None:
        """Post an event; returns once it is stored. Raises Away, after which it may be tried again, or Refused."""
        if not self._cookies and not self.sign_in():
            raise Refused(f"{self.email} may no longer sign in")
        status, answer = self._request(EVENTS, body)
        if status == 401:  # signed out meanwhile: the next try signs in
            self._cookies = {}
            raise Away("the session has ended")
        if status >= 400:
            raise Refused(f"{body['eventType']}: {status} {answer[:300].decode(errors='replace')}")

    def close(self) -> None:
        self._connection.close()

    def _request(self, path: str, body: dict) -> tuple[int, bytes]:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
        was_open = self._connection.sock is not None
        try:
            response, answer = self._exchange(path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            if was_open:  # the server closes an idle connection: nothing is wrong with it
                return self._request(path, body)
            raise Away(str(error) or type(error).__name__) from None
        if response.status == 429 or response.status >= 500:
            raise Away(f"{path} answered {response.status}", seconds(response.headers.get("Retry-After")))
        self._keep_cookie(response)
        return response.status, answer

    def _exchange(self, path: str, body: dict, headers: dict) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            self._connection.request("POST", path, json.dumps(body), headers)
            response = self._connection.getresponse()
            return response, response.read()
        except BaseException:
            self._connection.close()
            raise

    def _keep_cookie(self, response: http.client.HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self._cookies[name] = morsel.value


def seconds(header: str | None) -> float:
    """A Retry-After given in seconds; 0 where it is absent or a date."""
    with contextlib.suppress(ValueError):
        return min(max(float(header or 0), 0.0), 300.0)
    return 0.0
