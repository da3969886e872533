"""Posts numbered events, each again and again until it is acknowledged: by its eventId it counts once."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable

import gevent

PATIENCE = 15.0  # seconds for an answer
AGAIN_AFTER = 0.2  # seconds


class Poster:
    """One client that posts events, and now and then a batch; `acknowledged` maps each eventId to its seq."""

    def __init__(
        self, ports: Callable[[], int], path: str, cookie: str, name: str, pause: float, chance: random.Random
    ):
        self.acknowledged: dict[str, int] = {}
        self.latest = 0  # the highest seq among them
        self.retries = 0
        self._ports = ports
        self._path = path
        self._headers = {"Cookie": cookie, "Content-Type": "application/json"}
        self._name = name
        self._pause = pause
        self._chance = chance
        self._next = 0
        self._stopping = False

    def run(self) -> None:
        """Post until `stop`; what has been begun is brought to its end."""
        while not self._stopping:
            if self._chance.random() < 0.01:
                events = [self._event() for _ in range(self._chance.randint(2, 300))]
                answer = self._post(f"{self._path}/batch", {"events": events})
                self._note(answer["events"])
            else:
                self._note([self._post(self._path, self._event())])
            gevent.sleep(self._pause * self._chance.uniform(0, 2))

    def stop(self) -> None:
        self._stopping = True

    def _note(self, answers: list[dict]) -> None:
        self.acknowledged |= {answer["eventId"]: answer["seq"] for answer in answers}
        self.latest = max(self.latest, *(answer["seq"] for answer in answers))

    def _event(self) -> dict[str, str]:
        self._next += 1
        return {"eventType": "user.active", "eventId": f"{self._name}-{self._next}"}

    def _post(self, path: str, body: dict) -> dict:
        while True:
            try:
                status, answer = self._try(path, json.dumps(body))
            except (OSError, http.client.HTTPException):
                status, answer = 0, b""
            if status == 200:
                return json.loads(answer)
            assert status in (0, 429, 503), f"{status}: {answer!r}"
            self.retries += 1
            gevent.sleep(AGAIN_AFTER)

    def _try(self, path: str, body: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._ports(), timeout=PATIENCE)
        try:
            connection.request("POST", path, body, self._headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
