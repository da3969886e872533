"""A client as our documentation wants it: every event has an id, and is posted until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import random
from dataclasses import dataclass
from typing import Any

import gevent

from .ingest_events import Event, draw

AGAIN_AFTER = 0.3  # seconds; what Retry-After asks for is honoured up to here, or the blows would hit nothing
# Seconds for an answer. Some give up soon: then the first copy may be on its way still when the second comes.
PATIENCE = (0.05, 2.0, 20.0, 20.0)
PAUSE = 0.4  # seconds between two posts at most
LARGEST_BATCH = 60
FAILURES = OSError, http.client.HTTPException


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An event as it was posted, and the number and time that the answer gave it."""

    event: Event
    user_id: str
    seq: int
    timestamp: str


class Client:
    """Posts single events over a kept connection, now and then a batch, now and then what was answered before."""

    def __init__(self, name: str, port: int, path: str, cookie: str, user_id: str, chance: random.Random):
        self.name = name
        self.acknowledged: dict[str, Acknowledged] = {}
        self.retries = 0
        self.repeats = 0  # answers that said `duplicate`
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._path = path
        self._headers = {"Cookie": cookie, "Content-Type": "application/json"}
        self._user_id = user_id
        self._chance = chance
        self._made = 0
        self._stopping = False

    def run(self) -> None:
        """Post until `stop`; what has been begun is brought to its end."""
        try:
            while not self._stopping:
                self._act()
                gevent.sleep(self._chance.uniform(0, PAUSE))
        finally:
            self._connection.close()

    def stop(self) -> None:
        self._stopping = True

    def _act(self) -> None:
        dice = self._chance.random()
        if dice < 0.05:
            # One of them may have been acknowledged long ago: a batch may hold old and new.
            old = self._one_of_old() if dice < 0.02 else []
            self._post_batch(old + [self._new() for _ in range(self._chance.randint(1, LARGEST_BATCH))])
        elif dice < 0.10 and self.acknowledged:
            self._post_one(*self._one_of_old())
        else:
            self._post_one(self._new())

    def _new(self) -> Event:
        self._made += 1
        return draw(f"{self.name}-{self._made}", self._chance)

    def _one_of_old(self) -> list[Event]:
        made = f"{self.name}-{self._chance.randint(1, max(self._made, 1))}"
        return [self.acknowledged[made].event] if made in self.acknowledged else []

    def _post_one(self, event: Event) -> None:
        answer, tries = self._post_until_acknowledged(self._path, event)
        self._take(event, answer, tries)

    def _post_batch(self, events: list[Event]) -> None:
        answer, tries = self._post_until_acknowledged(f"{self._path}/batch", {"events": events})
        assert len(answer["events"]) == len(events)
        for event, receipt in zip(events, answer["events"], strict=True):
            self._take(event, receipt, tries)

    def _take(self, event: Event, answer: dict[str, Any], tries: int) -> None:
        """Keep what was acknowledged. A repeat says that it is one, and says the same as the first answer."""
        event_id = event["eventId"]
        assert answer["eventId"] == event_id
        said = Acknowledged(event, self._user_id, answer["seq"], answer["timestamp"])
        first = self.acknowledged.setdefault(event_id, said)
        assert first == said, f"{event_id}: first {first}, then {said}"
        repeated = answer.get("duplicate", False)
        assert repeated or first is said, f"{event_id} was stored before, and is said to be new"
        assert not repeated or first is not said or tries > 1, (
            f"{event_id} is new, and is said to be a repeat"
        )
        self.repeats += repeated

    def _post_until_acknowledged(self, path: str, body: Event) -> tuple[dict[str, Any], int]:
        """The answer, and how many times it was asked for."""
        content, tries = json.dumps(body), 0
        while True:
            tries += 1
            try:
                status, wait, answer = self._try(path, content)
            except FAILURES:
                self._connection.close()
                status, wait, answer = 503, AGAIN_AFTER, b""
            if status == 200:
                return json.loads(answer), tries
            assert status == 503, f"{status}: {answer!r}"
            assert wait, f"no Retry-After: {answer!r}"
            self.retries += 1
            gevent.sleep(min(float(wait), AGAIN_AFTER))

    def _try(self, path: str, content: str) -> tuple[int, str | None, bytes]:
        self._connection.timeout = self._chance.choice(PATIENCE)
        if self._connection.sock:
            self._connection.sock.settimeout(self._connection.timeout)
        self._connection.request("POST", path, content, self._headers)
        response = self._connection.getresponse()
        return response.status, response.headers["Retry-After"], response.read()
