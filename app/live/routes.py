"""The read side of the realtime endpoint: stream, snapshot, and closing every stream."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from time import monotonic

from flask import Blueprint, Response, current_app, jsonify, request

from app.auth.access import Access, require_member
from app.domain.ids import Cursor, connection_id
from app.domain.instants import epoch_ms, iso
from app.domain.stats import MetricNames
from app.errors import InvalidCursor, InvalidParameter
from app.live.prologue import prologue, start_of
from app.live.response import Feed, retry_delay
from app.live.service import Live
from app.live.stream import Stream

blueprint = Blueprint("live", __name__)
PATH = "/api/workspaces/<workspace>/analytics/realtime"


@blueprint.get(PATH)
def realtime(workspace: str) -> Response:
    """The stream for those who ask for `text/event-stream`, the snapshot for everybody else."""
    access = require_member(workspace)
    metrics = _metrics()
    if _wants_stream() and request.method != "HEAD":
        return _stream(access, metrics)
    return _snapshot(access, metrics)


@blueprint.delete(PATH)
def close_all(workspace: str) -> Response:
    """Close every stream of the workspace, on every worker."""
    access = require_member(workspace, "admin")
    closed = _live().closer.close_all(access.workspace_id, "closed-by-admin")
    return jsonify(
        success=True, message="Connections closed", closedCount=closed, timestamp=iso(datetime.now(UTC))
    )


def _stream(access: Access, metrics: MetricNames | None) -> Response:
    live, asked = _live(), _asked_cursor()
    live.hub.admit()
    room = live.hub.enter(access.workspace_id)
    if asked and asked.seq > room.cursor.seq:
        live.hub.refresh_head(room)  # another worker may have been faster with the news than the bus
    start, reset = start_of(asked, room.cursor)
    now = datetime.now(UTC)
    stream = Stream(
        connection_id(epoch_ms(now), secrets.token_bytes(6)),
        access.user_id,
        start.seq,
        monotonic() + live.settings.max_connection_duration,
        metrics,
    )
    first = prologue(
        connection_id=stream.connection_id,
        workspace_id=access.workspace_id,
        now=now,
        start=start,
        reset=reset,
        stats=live.stats(access.workspace_id),
        metrics=metrics,
        intervals={
            "heartbeatInterval": live.settings.heartbeat_interval,
            "statsInterval": live.settings.stats_update_interval,
        },
        retry=retry_delay(),
    )
    return Feed(live.hub, live.registry, room, stream, first).response()


def _snapshot(access: Access, metrics: MetricNames | None) -> Response:
    live = _live()
    stats = live.stats(access.workspace_id)
    meta = {
        "workspaceId": str(access.workspace_id),
        "userId": str(access.user_id),
        "mode": "snapshot",
        "connections": live.registry.count(access.workspace_id),
        "lastEventId": str(stats.cursor),
        "timestamp": iso(datetime.now(UTC)),
    }
    return jsonify(data=stats.narrowed(metrics), meta=meta)


def _live() -> Live:
    return current_app.extensions["pulse.live"]


def _wants_stream() -> bool:
    return any(mime == "text/event-stream" and quality > 0 for mime, quality in request.accept_mimetypes)


def _asked_cursor() -> Cursor | None:
    text = request.headers.get("Last-Event-ID") or request.args.get("lastEventId")
    if not text:
        return None
    try:
        return Cursor.parse(text)
    except ValueError:
        raise InvalidCursor("It looks like a1b2c3d4-812: eight hex digits, a dash, a number.") from None


def _metrics() -> MetricNames | None:
    asked = request.args.get("metrics")
    if asked is None:
        return None
    names = frozenset(filter(None, asked.split(",")))
    if unknown := names - _live().metric_names:
        known = ", ".join(sorted(_live().metric_names))
        raise InvalidParameter(
            f"There is no metric called {sorted(unknown)[0]!r}.", errors={"metrics": [f"Known: {known}."]}
        )
    return names
