"""The read side of the realtime endpoint: stream, snapshot, and closing every stream."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.instants import iso
from app.domain.negotiation import Format
from app.domain.scopes import READ
from app.domain.stats import MetricNames, StatsView
from app.errors import CrossSite, InvalidCursor, NotAcceptable
from app.extensions import component
from app.http.accept_header import accepted_format
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.query_parameters import loaded, unknown_metric
from app.http.response_schema import respond
from app.live.open_stream import open_stream, stream_head
from app.live.refusals import convert_refusal
from app.live.responses import FRAMES, Closed, Connections, Resuming, Snapshot, Watching
from app.live.state import Live
from app.live.stream_admin import close_streams, list_streams

blueprint = Blueprint("live", __name__)
WATCHING = Watching()


@blueprint.get(f"{ANALYTICS}/realtime")
@described(
    answers={"application/json": Snapshot, "text/event-stream": "Frames without an end, see `x-frames`."},
    frames=FRAMES,
    parameters=Watching,
    headers=Resuming,
    refuses=(InvalidCursor, CrossSite, NotAcceptable),
)
@for_members(scope=READ)
def realtime(access: Access) -> Response:
    """The stream where `Accept` prefers `text/event-stream`, else the snapshot."""
    accepted = accepted_format(request)
    if accepted is None:
        raise NotAcceptable("This address has text/event-stream and application/json.")
    view = _view(ignore_unknown=accepted is Format.STREAM)
    if accepted is Format.JSON:
        response = _snapshot(access, view)
    elif request.method == "HEAD":
        response = stream_head()
    else:
        response = open_stream(_live(), access, view)
    response.vary.add("Accept")
    return response


blueprint.after_request(convert_refusal)


@blueprint.delete(f"{ANALYTICS}/realtime")
@described(answers=Closed)
@for_members("admin")
def close_all(access: Access) -> Response:
    """Close every stream of the workspace, on every worker."""
    return _closed(close_streams(_live(), access))


@blueprint.get(f"{ANALYTICS}/connections")
@described(answers=Connections)
@for_members("admin")
def connections(access: Access) -> Response:
    """The workspace's open streams on all workers, oldest first."""
    streams = list_streams(_live(), access)
    return respond(Connections, data=streams, meta={"count": len(streams), "timestamp": datetime.now(UTC)})


@blueprint.delete(f"{ANALYTICS}/connections/<connection_id>")
@described(answers=Closed)
@for_members("admin")
def close_one(access: Access, connection_id: str) -> Response:
    """Close one stream, wherever it is; closing one that is gone is no error, and counts 0."""
    return _closed(close_streams(_live(), access, connection_id))


def _closed(count: int) -> Response:
    return respond(
        Closed,
        success=True,
        message="Connections closed",
        closed_count=count,
        timestamp=datetime.now(UTC),
    )


def _snapshot(access: Access, view: StatsView) -> Response:
    live = _live()
    stats = live.stats(access.workspace_id, compare=view.compare)
    meta = {
        "workspaceId": str(access.workspace_id),
        "userId": str(access.user_id),
        "mode": "snapshot",
        "connections": live.registry.count(access.workspace_id),
        "lastEventId": str(stats.cursor),
        "timestamp": iso(datetime.now(UTC)),
    }
    return jsonify(data=stats.payload_for(view), meta=meta)


def _live() -> Live:
    return component(Live)


def _view(*, ignore_unknown: bool) -> StatsView:
    # Streams ignore unknown parameters: pages and proxies add one against caches, and a refusal would end
    # an EventSource for good.
    parameters = loaded(WATCHING, repeatable=("metrics", "lastEventId"), ignore_unknown=ignore_unknown)
    return StatsView(_metrics(parameters.get("metrics")), parameters.get("compare") == "1")


def _metrics(text: str | None) -> MetricNames | None:
    if text is None:
        return None
    names = frozenset(filter(None, text.split(",")))
    if unknown := names - _live().metric_names:
        raise unknown_metric(min(unknown), sorted(_live().metric_names), "metrics")
    return names
