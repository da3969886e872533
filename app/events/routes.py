"""Reading events back: pages of the log, and one event with its data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import Connection

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.auth.event_filters import load_filters
from app.domain.event import add_references
from app.domain.event_query import EventQuery, LogPage
from app.domain.ids import EVENT_ID, Cursor
from app.domain.instants import iso
from app.domain.scopes import ADMIN, READ
from app.errors import Forbidden, NotFound
from app.event_log import heads, pages
from app.event_log.heads import Head
from app.events.parameters import EventPageQuery, EventPosition, load_page_query
from app.events.responses import EventPage, OneEvent
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.postgres.statements import AnyRow

blueprint = Blueprint("events", __name__)
PATH = f"{ANALYTICS}/events"


@blueprint.get(PATH)
@described(answers=EventPage, parameters=EventPageQuery, refuses=heavy_reads.REFUSES)
@for_members(scope=READ)
def list_events(access: Access) -> Response:
    """Events by number above `after`, else the newest first; without their data, which is not for everyone."""
    query = load_page_query(access)
    head, page = heavy_reads.run(access, lambda connection: _read(connection, access, query), query)
    return jsonify(data=[_listed(row) for row in page.rows], meta=_meta(query, page, head))


def _listed(row: AnyRow) -> dict[str, Any]:
    """An event as pages of the log show it: with what its frame has, and its number and session."""
    event = event_to_json(row)
    add_references(event, row._asdict())
    return event


def _read(connection: Connection, access: Access, query: EventQuery) -> tuple[Head, LogPage[AnyRow]]:
    head = _head(connection, access)
    return head, pages.read_page(connection, query, head.seq)


# Ids may hold any visible character, slashes too.
@blueprint.get(f"{PATH}/<path:event_id>")
@described(answers=OneEvent, parameters=EventPosition, refuses=heavy_reads.REFUSES)
@for_members(scope=READ)
def show_event(access: Access, event_id: str) -> Response:
    """One event with its data, for its author and for admins."""
    row = _find(access, event_id, **load_filters(EventPosition(), access))
    if row is None:
        raise NotFound("An event of some days ago may take its number too: ?seq=")
    if row.user_id != access.user_id and not sees_data(access):
        raise Forbidden("An event's data is for its author and for admins.")
    whole = event_to_json(row) | {"receivedAt": iso(row.received_at), "eventData": row.event_data}
    return jsonify(data=whole | (_sender(row) if sees_data(access) else {}))


def _sender(row: AnyRow) -> dict[str, Any]:
    """Address and browser, if the workspace had these stored."""
    if row.address is None and row.user_agent is None:
        return {}
    return {"address": row.address, "userAgent": row.user_agent}


def _find(access: Access, event_id: str, seq: int | None) -> AnyRow | None:
    if not EVENT_ID.fullmatch(event_id):  # no event has such an id; a null character would be an error of SQL
        return None
    return heavy_reads.run(
        access,
        lambda connection: pages.find(connection, access.workspace_id, event_id, seq),
        (event_id, seq),
    )


def sees_data(access: Access) -> bool:
    """True if `eventData` of all events may be shown: to admins; by a token only with the scope `admin`."""
    return access.allows("admin") and ADMIN in access.scopes


def _head(connection: Connection, access: Access) -> Head:
    """The workspace's head; raises NotFound if it was deleted meanwhile."""
    head = heads.heads(connection, [access.workspace_id]).get(access.workspace_id)
    if head is None:
        raise NotFound
    return head


def event_to_json(row: AnyRow) -> dict[str, Any]:
    """An event without its data."""
    return {
        "seq": row.seq,
        "eventId": row.event_id,
        "eventType": row.event_type,
        "userId": str(row.user_id),
        "sessionId": row.session_id,
        "timestamp": iso(row.occurred_at),
    }


def _meta(query: EventQuery, page: LogPage[AnyRow], head: Head) -> dict[str, Any]:
    # Newest first, the next page forwards begins after the head.
    next_after = page.scanned_to if query.ascending else head.seq
    meta: dict[str, Any] = {"nextAfter": next_after, "hasMore": page.has_more}
    if not query.ascending:
        meta["nextBefore"] = page.scanned_to if page.has_more else None
    return meta | {"lastEventId": str(Cursor(head.epoch, next_after))}
