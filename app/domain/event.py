"""Events before and after they are appended to the log, and their receipts."""

import hashlib
import json
from collections.abc import Mapping
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
# After that no event is added to an hour: a timestamp is checked some moments before its event is committed, and
# by another clock.
HOUR_FINAL_AFTER = MAX_LATE + timedelta(hours=1)

# Fields of `eventData` that every viewer may see: what an event is about, by which figures are counted.
REFERENCES = ("channelId", "taskId", "orchestratorId")
MAX_REFERENCE_LENGTH = 200  # characters; no frame grows by more, whatever a custom event holds

# Created once: json.dumps would create an encoder for every event.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


# Treated as immutable; a frozen dataclass takes four times as long to create.
@dataclass(slots=True)
class NewEvent:
    """A valid event without a sequence number. `timestamp` is the client's; None: the time of receipt."""

    workspace_id: UUID
    event_id: str
    event_type: str
    event_data: dict[str, Any]
    user_id: UUID
    session_id: str | None = None
    timestamp: datetime | None = None
    # The id under which the previous version stored it: of a quoted Idempotency-Key, the text with its quotes.
    former_id: str | None = None
    # Of a batch whose ids derive from its Idempotency-Key: a different number of events is a different batch.
    batch_size: int | None = None
    sender: Sender = NO_SENDER  # not part of the fingerprint: a retry may come from another address
    data_json: str = field(init=False, repr=False, compare=False)  # `event_data` as it is stored and compared

    def __post_init__(self) -> None:
        self.data_json = _canonical(self.event_data)

    def fingerprint(self) -> bytes:
        """A 16-byte hash of the content: distinguishes a retry from another event with the same id."""
        content = (
            self.event_type,
            self.data_json,
            str(self.user_id),
            self.session_id or "",
            iso(self.timestamp) if self.timestamp else "",
            str(self.batch_size or ""),
        )
        # No field contains a null character, so the concatenation is unambiguous.
        return hashlib.blake2b("\0".join(content).encode(), digest_size=16).digest()


# Tuples: a commit creates some of each for every event, and a frozen dataclass takes four times as long.
class NumberedEvent(NamedTuple):
    """An event with its sequence number, and the time at which it occurred (UTC)."""

    seq: int
    event: NewEvent
    occurred_at: datetime
    fingerprint: bytes


class Receipt(NamedTuple):
    """The result of one event: its sequence number and time; `duplicate` if it was already in the log."""

    event_id: str
    seq: int
    occurred_at: datetime
    duplicate: bool = False


def event_summary(
    event_type: str, user_id: UUID, occurred_at: datetime, event_id: str, event_data: Mapping[str, Any]
) -> dict[str, str]:
    """What every viewer may see of an event: of `event_data`, which may hold these alone, its REFERENCES."""
    summary = {
        "eventType": event_type,
        "userId": str(user_id),
        "timestamp": iso(occurred_at),
        "eventId": event_id,
    }
    add_references(summary, event_data)
    return summary


def add_references(summary: dict[str, Any], event_data: Mapping[str, Any]) -> None:
    """Add the REFERENCES among the fields of an event's data; those that are no short text are left out."""
    for name in REFERENCES:
        if name in event_data:
            value = event_data[name]
            if isinstance(value, str) and 0 < len(value) <= MAX_REFERENCE_LENGTH:
                summary[name] = value


def event_frame(
    epoch: str,
    seq: int,
    event_type: str,
    user_id: UUID,
    occurred_at: datetime,
    event_id: str,
    event_data: Mapping[str, Any],
) -> bytes:
    """The `event` frame for every stream: an `event_summary`, for not every viewer may see `eventData`."""
    data = event_summary(event_type, user_id, occurred_at, event_id, event_data)
    return sse.frame("event", data, id=str(Cursor(epoch, seq)))


def event_id_of(frame: bytes) -> str:
    """The event id in a frame made by `event_frame`."""
    event_id: str = json.loads(frame.partition(b"\ndata: ")[2])["eventId"]
    return event_id
