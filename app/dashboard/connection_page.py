"""The page of a workspace's open streams, for its admins: list them, close one or all. It needs no JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for
from werkzeug.wrappers import Response

from app.auth.access import Access
from app.dashboard.admin_page import admin_blueprint, admin_page, confirmation, redirect_to, require_admin
from app.dashboard.forms import PageForm
from app.extensions import component
from app.live.state import Live
from app.live.stream_admin import close_streams, list_streams

blueprint = admin_blueprint("connection_page")

MAX_SHOWN = 500  # rows; of more streams the page gives the number
LATE = 5  # seconds behind from which a stream is marked
LIST = "connection_page.connections_of_workspace"


@blueprint.get("/w/<slug>/connections")
def connections_of_workspace(slug: str) -> str:
    """Every open stream: its user, address, age and lag."""
    access = require_admin(slug)
    streams = list_streams(_live(), access)
    return admin_page(
        "connections.html",
        access,
        streams=[_row(stream, access) for stream in streams[:MAX_SHOWN]],
        count=len(streams),
        as_of=f"{datetime.now(ZoneInfo(access.timezone)):%H:%M:%S}",
        notice=closed_words(request.args.get("count", "")) if "done" in request.args else "",
    )


@blueprint.get("/w/<slug>/connections/close")
def closing_page(slug: str) -> Response:
    """The confirmation page for closing all streams."""
    access = require_admin(slug)
    count = len(list_streams(_live(), access))
    return confirmation(
        access,
        PageForm(),
        title="Close the one stream there is?" if count == 1 else f"Close all {count:,} streams?",
        words="Dashboards reconnect by themselves within some seconds, and miss no event.",
        yes="Close all",
        no="Keep them open",
        back=url_for(LIST, slug=access.slug),
    )


@blueprint.post("/w/<slug>/connections/close")
def close_all(slug: str) -> Response:
    """Close every stream of the workspace, on every worker."""
    access = require_admin(slug)
    return _closed(access, close_streams(_live(), access))


@blueprint.get("/w/<slug>/connections/<connection_id>/close")
def closing_page_of_one(slug: str, connection_id: str) -> Response:
    """The confirmation page for closing one stream."""
    access = require_admin(slug)
    for stream in list_streams(_live(), access):
        if stream["connection_id"] == connection_id:
            return confirmation(
                access,
                PageForm(),
                title=f"Close the stream of {stream['name'] or 'an unknown user'}?",
                subject=f"{stream['address']} · {client_words(stream)}",
                words="A dashboard reconnects by itself within some seconds, and misses no event. "
                "To end a member’s access, change their role or remove them.",
                yes="Close",
                no="Keep open",
                back=url_for(LIST, slug=access.slug),
            )
    return _closed(access, 0)


@blueprint.post("/w/<slug>/connections/<connection_id>/close")
def close_one(slug: str, connection_id: str) -> Response:
    """Close one stream, on whichever worker it is. Idempotent: a stream that has ended is no error."""
    access = require_admin(slug)
    return _closed(access, close_streams(_live(), access, connection_id))


def client_words(stream: Mapping[str, Any]) -> str:
    """The browser or the token that a stream is authorized by."""
    if stream["via"] == "token":
        return f"token “{stream['client']}”"
    return stream["client"] or "unknown browser"


def lag_words(events: int, seconds: float) -> str:
    """How far behind a stream is: `1,200 events behind, for 12.5 s`."""
    if not events and not seconds:
        return "Up to date"
    behind = f"{events:,} event{'' if events == 1 else 's'} behind"
    return f"{behind}, for {seconds:g} s" if seconds else behind


def closed_words(count: str) -> str:
    """The notice after closing streams; `count` comes from the query string."""
    number = int(count) if count.isdecimal() and len(count) < 10 else 0
    if number <= 1:
        return "One stream is closed." if number else "It had ended already."
    return f"{number:,} streams are closed."


def _row(stream: Mapping[str, Any], access: Access) -> dict[str, Any]:
    return {
        **stream,
        "client": client_words(stream),
        "lag": lag_words(stream["lag_events"], stream["lag_seconds"]),
        "is_late": stream["lag_seconds"] >= LATE,
        "is_own": stream["user_id"] == access.user_id,
    }


def _closed(access: Access, count: int) -> Response:
    return redirect_to(LIST, access, "closed", count=str(count))


def _live() -> Live:
    live = component(Live)
    return live
