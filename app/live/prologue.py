"""How a stream begins: where in the log it starts, and the first frames that say so."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import sse
from app.domain.ids import Cursor
from app.domain.instants import iso
from app.domain.stats import Stats, StatsView
from app.live.identity import Identity
from app.live.notices import reset_frame
from app.live.retry import retry_delay

MAX_REPLAY = (
    10_000  # events, 3 MiB of frames (4.6, if all ids are quotes); who missed more reloads the snapshot
)


# In place of a cursor that is none of ours: it is answered like one of another epoch.
UNKNOWN_CURSOR = Cursor(epoch="", seq=0)


def start_of(asked: Cursor | None, head: Cursor) -> tuple[Cursor, bool]:
    """The cursor a stream starts from, and whether that is a reset: what was asked for cannot be resumed."""
    if asked is None:
        return head, False
    resumable = asked.epoch == head.epoch and head.seq - MAX_REPLAY <= asked.seq <= head.seq
    return (asked, False) if resumable else (head, True)


def prologue(
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
