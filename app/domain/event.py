"""Events on their way into the log."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.instants import iso
from app.domain.sender import NO_SENDER, Sender

# How far from the moment of receipt a client may place an event.
MAX_LATE = timedelta(hours=24)
MAX_AHEAD = timedelta(minutes=5)

# Made once: json.dumps would make an encoder for every event.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


# Nobody changes one; but frozen it would take four times as long to fill in.
@dataclass(slots=True)
class NewEvent:
    """A valid event that has no number yet. `timestamp` is what the client said, None = when received."""

    workspace_id: UUID
    event_id: str
    event_type: str
    event_data: dict[str, Any]
    user_id: UUID
    session_id: str | None = None
    timestamp: datetime | None = None
    # The id under which the version before stored it: of a quoted Idempotency-Key, the text with its quotes.
    former_id: str | None = None
    # Of a batch whose ids come from its Idempotency-Key: with another number of events it is another batch.
    batch_size: int | None = None
    sender: Sender = NO_SENDER  # no part of what makes a retry: that may come from elsewhere
    data_json: str = field(init=False, repr=False, compare=False)  # `event_data` as it is stored and compared

    def __post_init__(self) -> None:
        self.data_json = _canonical(self.event_data)

    def fingerprint(self) -> bytes:
        """16 bytes that tell a retry (same content) from another event under the same id."""
        content = (
            self.event_type,
            self.data_json,
            str(self.user_id),
            self.session_id or "",
            iso(self.timestamp) if self.timestamp else "",
            str(self.batch_size or ""),
        )
        # No text holds a null character, so no two contents give the same bytes.
        return hashlib.blake2b("\0".join(content).encode(), digest_size=16).digest()


# Tuples: a commit makes some of each for every event, and a frozen dataclass takes four times as long.
class LoggedEvent(NamedTuple):
    """An event with its place in the log: its number, and when it occurred (UTC)."""

    seq: int
    event: NewEvent
    occurred_at: datetime
    fingerprint: bytes


class Receipt(NamedTuple):
    """What became of one event: its number and time; `duplicate` if its id stood for it already."""

    event_id: str
    seq: int
    occurred_at: datetime
    duplicate: bool = False


def event_frame(
    epoch: str, seq: int, event_type: str, user_id: UUID, occurred_at: datetime, event_id: str
) -> bytes:
    """The frame that tells every stream of this event; without `eventData`: that is not for everyone."""
    data = {
        "eventType": event_type,
        "userId": str(user_id),
        "timestamp": iso(occurred_at),
        "eventId": event_id,
    }
    return sse.frame("event", data, id=str(Cursor(epoch, seq)))


def event_id_of(frame: bytes) -> str:
    """The id of the event that a frame of `event_frame` tells of."""
    event_id: str = json.loads(frame.partition(b"\ndata: ")[2])["eventId"]
    return event_id
