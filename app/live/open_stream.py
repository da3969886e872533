"""Opens a stream: registers it, finds its cursor in the log, and makes the response with its opening frames."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime
from time import monotonic

from flask import Response, request

from app.auth.access import Access
from app.domain.client_address import UNKNOWN, client_network
from app.domain.ids import Cursor, connection_id
from app.domain.instants import epoch_ms
from app.domain.stats import StatsView
from app.errors import InvalidCursor
from app.live.frames import opening_frames
from app.live.identity import Identity
from app.live.refusals import refuse_stream
from app.live.state import Live
from app.live.stream import StreamArguments
from app.live.takeover import head_response, stream_response
from app.redis.rate_limits import fingerprint, rate_limits

JITTER = 0.1  # of the longest duration, so that streams opened together do not end together
UNKNOWN_CURSOR = Cursor(epoch="", seq=0)  # in place of an invalid one: it is reset like one of another epoch


def open_stream(live: Live, access: Access, view: StatsView) -> Response:
    """The response that carries a new stream; raises InvalidCursor, or what a limit or the database raises."""
    if live.draining:
        return refuse_stream("shutdown")
    rate_limits().streams.charge(
        own=[access.token_id or access.user_id], shared=[fingerprint(client_network(request.remote_addr))]
    )
    requested = _requested_cursor()
    identity = _identity(access, datetime.now(UTC))
    live.registry.register(identity)
    try:
        return _respond(live, identity, requested, view)
    except BaseException:
        live.registry.unregister(identity)
        raise


def stream_head() -> Response:
    """The head that a stream would have: HEAD checks the cursor, and opens no stream."""
    _requested_cursor()
    return head_response()


def _respond(live: Live, identity: Identity, requested: Cursor | None, view: StatsView) -> Response:
    room = live.hub.enter(identity.workspace_id)
    if requested and requested.seq > room.cursor.seq:
        live.hub.refresh_head(room)  # another worker may have sent it before the bus delivered it here
    start, reset = room.resume_point(requested)
    opening = opening_frames(
        identity,
        start,
        reset,
        live.stats(identity.workspace_id, compare=view.compare),
        view,
        {
            "heartbeatInterval": live.settings.heartbeat_interval,
            "statsInterval": live.settings.stats_update_interval,
        },
    )
    lasts = live.settings.max_connection_duration * random.uniform(1 - JITTER, 1 + JITTER)
    return stream_response(live, StreamArguments(identity, start, monotonic() + lasts, view), opening)


def _identity(access: Access, now: datetime) -> Identity:
    return Identity(
        connection_id=connection_id(epoch_ms(now), secrets.token_bytes(6)),
        workspace_id=access.workspace_id,
        user_id=access.user_id,
        credential=access.credential,
        address=request.remote_addr or UNKNOWN,
        opened_at=now,
    )


def _requested_cursor() -> Cursor | None:
    """The cursor that the client wants to resume from; None if it has none.

    A browser repeats by itself whatever id it saw last at this address, perhaps another system's, and would never
    come back after a 400: it gets a `reset`. The parameter was put there by a program, which can be corrected.
    """
    header = request.headers.get("Last-Event-ID")
    text = header or request.args.get("lastEventId")
    if not text:
        return None
    try:
        return Cursor.parse(text)
    except ValueError:
        if header:
            return UNKNOWN_CURSOR
        raise InvalidCursor("It looks like a1b2c3d4-812: eight hex digits, a dash, a number.") from None
