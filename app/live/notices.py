"""The frames by which the server speaks of itself: ping, reset, degraded, recovered."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.instants import epoch_ms, iso
from app.domain.sse import Frame


def ping_frame() -> Frame:
    """Proof of life; the timestamp is milliseconds since 1970."""
    return Frame.from_bytes(sse.frame("ping", {"timestamp": epoch_ms(datetime.now(UTC))}))


def reset_frame(cursor: Cursor) -> Frame:
    """What was missed cannot be given: reload the snapshot and go on from this cursor."""
    data = {"lastEventId": str(cursor), "timestamp": iso(datetime.now(UTC))}
    return Frame.from_bytes(sse.frame("reset", data, id=str(cursor)))


def degraded_frame() -> Frame:
    """The bus is silent; events still come, up to a second later."""
    return Frame.from_bytes(sse.frame("degraded", {"reason": "bus", "timestamp": iso(datetime.now(UTC))}))


def recovered_frame() -> Frame:
    """The bus is back."""
    return Frame.from_bytes(sse.frame("recovered", {"timestamp": iso(datetime.now(UTC))}))
