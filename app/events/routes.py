"""Reading events back: pages of the log, and one event with its data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

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
from app.domain.scopes import READ
from app.errors import Forbidden, NotFound, TooCostly
from app.event_log import heads, pages
from app.event_log.heads import Head
from app.events.parameters import EventPageQuery, EventPosition, load_page_query, sees_data
from app.events.responses import EventPage, OneEvent
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.postgres.statements import AnyRow

blueprint = Blueprint("events", __name__)
PATH = f"{ANALYTICS}/events"


@blueprint.get(PATH)
@described(answers=EventPage, parameters=EventPageQuery, refuses=(TooCostly, *heavy_reads.REFUSES))
@for_members(scope=READ)
def list_events(access: Access) -> Response:
    """Events by number above `after`, else the newest first; without their data, which is not for everyone."""
    query, around = load_page_query(access)
    return jsonify(
        heavy_reads.run(access, lambda connection: _read(connection, query, around), (query, around))
    )


def _listed(row: AnyRow) -> dict[str, Any]:
    """An event as pages of the log show it: with what its frame has, and its number and session."""
    event = event_to_json(row)
    add_references(event, row._asdict())
    return event


def _read(connection: Connection, query: EventQuery, around: int | None) -> dict[str, Any]:
    head = _head(connection, query.workspace_id)
    if around is not None:
        return _read_around(connection, query, around, head)
    page = pages.read_page(connection, query, head.seq)
    return {"data": [_listed(row) for row in page.rows], "meta": _meta(query, page, head)}


def _read_around(connection: Connection, query: EventQuery, around: int, head: Head) -> dict[str, Any]:
    """A page of the newest first: half of it up to the event, which is the first of the newer half."""
    half = query.limit // 2
    forwards = replace(query, after=min(around - 1, head.seq), limit=query.limit - half)
    newer = pages.read_page(connection, forwards, head.seq)
    backwards = replace(query, before=around, limit=half)
    older = pages.read_page(connection, backwards, head.seq)
    meta = _meta(backwards, older, head) | _meta(forwards, newer, head) | {"hasMore": older.has_more}
    return {
        "data": [_listed(row) for row in (*reversed(newer.rows), *older.rows)],
        "meta": meta | {"hasNewer": newer.has_more},
    }


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
    values = row._asdict()
    if not sees_data(access) or (row.address is None and row.user_agent is None):  # or none was stored
        del values["address"], values["user_agent"]
    return respond(OneEvent, data=values)


def _find(access: Access, event_id: str, seq: int | None) -> AnyRow | None:
    if not EVENT_ID.fullmatch(event_id):  # no event has such an id; a null character would be an error of SQL
        return None
    return heavy_reads.run(
        access,
        lambda connection: pages.find(connection, access.workspace_id, event_id, seq),
        (event_id, seq),
    )


def _head(connection: Connection, workspace_id: UUID) -> Head:
    """The workspace's head; raises NotFound if it was deleted meanwhile."""
    head = heads.heads(connection, [workspace_id]).get(workspace_id)
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
