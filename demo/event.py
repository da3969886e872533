"""One demo event, ready to be posted."""

from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """An event and the user who posts it. The event id makes a retry idempotent."""

    email: str
    event_type: str
    event_data: dict[str, Any]
    session_id: str | None
    event_id: str

    def body(self) -> dict[str, Any]:
        """The JSON of the POST."""
        body = {"eventType": self.event_type, "eventData": self.event_data, "eventId": self.event_id}
        return body | {"sessionId": self.session_id} if self.session_id else body


def new_id(rng: Random, prefix: str) -> str:
    """`msg-3f9c2a71d0b4e865`: 64 random bits."""
    return f"{prefix}-{rng.getrandbits(64):016x}"
