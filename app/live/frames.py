"""The SSE frames of a stream besides events and stats: connected, ping, reset, degraded, recovered."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.instants import epoch_ms, iso
from app.domain.sse import Frame
from app.domain.stats import Stats, StatsView
from app.live.identity import Identity

RETRY_MS = (1_000, 5_000)


def retry_delay() -> int:
    """Milliseconds for an SSE `retry` field: random, so that clients that were cut together spread out."""
    return random.randint(*RETRY_MS)


def opening_frames(
    identity: Identity,
    start: Cursor,
    reset: bool,
    stats: Stats,
    view: StatsView,
    intervals: Mapping[str, float],
) -> bytes:
    """The frames `connected`, `stats` and, where the cursor could not be resumed, `reset`.

    `connected` carries the cursor as its `id:`, so that a client whose connection breaks before its first event
    resumes from there. Not beside a `reset`: if the connection broke between the two, the client would resume from
    the new cursor and never learn that it has missed something.
    """
    connected = {
        "connectionId": identity.connection_id,
        "workspaceId": str(identity.workspace_id),
        "userId": str(identity.user_id),
        "timestamp": iso(identity.opened_at),
        "lastEventId": str(start),
        **{name: int(value) if value == int(value) else value for name, value in intervals.items()},
    }
    first = sse.frame("connected", connected, id="" if reset else str(start), retry=retry_delay())
    first += stats.frame(view)
    return first + reset_frame(start).raw if reset else first


def ping_frame() -> Frame:
    """Proof that the connection lives; the timestamp is milliseconds since 1970."""
    return Frame.from_bytes(sse.frame("ping", {"timestamp": epoch_ms(datetime.now(UTC))}))


def reset_frame(cursor: Cursor) -> Frame:
    """Missed events cannot be sent: the client must reload the snapshot and go on from this cursor."""
    data = {"lastEventId": str(cursor), "timestamp": iso(datetime.now(UTC))}
    return Frame.from_bytes(sse.frame("reset", data, id=str(cursor)))


def degraded_frame() -> Frame:
    """The bus is silent; events still come, up to a second later."""
    return Frame.from_bytes(sse.frame("degraded", {"reason": "bus", "timestamp": iso(datetime.now(UTC))}))


def recovered_frame() -> Frame:
    """The bus is back."""
    return Frame.from_bytes(sse.frame("recovered", {"timestamp": iso(datetime.now(UTC))}))
