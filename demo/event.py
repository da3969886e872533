"""One thing that happens in the demo, ready to be posted."""

from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """An event and the person who posts it. The event id makes a second try harmless."""

    who: str
    event_type: str
    event_data: dict[str, Any]
    session_id: str | None
    event_id: str

    def body(self) -> dict[str, Any]:
        """The JSON of the POST."""
        body = {"eventType": self.event_type, "eventData": self.event_data, "eventId": self.event_id}
        return body | {"sessionId": self.session_id} if self.session_id else body


def new_id(rng: Random, prefix: str) -> str:
    """`msg-3f9c2a71d0b4e865`: unique as far as 64 random bits are."""
    return f"{prefix}-{rng.getrandbits(64):016x}"
