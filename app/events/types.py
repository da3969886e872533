"""Event types of a workspace: those of the catalogue, and the custom ones of the last seven days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy import ColumnElement, Connection, func, select

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.catalogue import CATALOGUE, EventType
from app.domain.instants import minute_of
from app.domain.scopes import READ
from app.events.responses import EventTypes
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.models import MinuteCount

blueprint = Blueprint("event_types", __name__)
LOOKBACK = timedelta(days=7)
MAX_CUSTOM_TYPES = 100


@blueprint.get(f"{ANALYTICS}/event-types")
@described(answers=EventTypes, refuses=heavy_reads.REFUSES)
@for_members(scope=READ)
def list_event_types(access: Access) -> Response:
    """The catalogue, and the most frequent custom types; how often each was seen in the last seven days."""
    data, since = recent_types(access)
    return respond(EventTypes, data=data, meta={"strict": access.strict, "since": since})


def recent_types(access: Access) -> tuple[dict[str, list[dict[str, Any]]], datetime]:
    """`types_seen` of the last seven days, and their start; raises TooBusy or RateLimited."""
    since = minute_of(datetime.now(UTC) - LOOKBACK)
    data = heavy_reads.run(
        access, lambda connection: types_seen(connection, access.workspace_id, since), since
    )
    return data, since


def types_seen(
    connection: Connection, workspace_id: UUID, since: datetime
) -> dict[str, list[dict[str, Any]]]:
    """All `known` types and the 100 most frequent `custom` ones: how often each was seen since, and when last."""
    in_catalogue = MinuteCount.event_type.in_(CATALOGUE)
    seen = {
        one["event_type"]: one for one in _seen(connection, workspace_id, since, in_catalogue, len(CATALOGUE))
    }
    unseen = {"count": 0, "last_seen": None}
    return {
        "known": [_known(known) | seen.get(known.name, unseen) for known in CATALOGUE.values()],
        "custom": _seen(connection, workspace_id, since, ~in_catalogue, MAX_CUSTOM_TYPES),
    }


def _seen(
    connection: Connection, workspace_id: UUID, since: datetime, which: ColumnElement[bool], limit: int
) -> list[dict[str, Any]]:
    """`{event_type, count, last_seen}`, the most frequent first."""
    count, last_seen = func.sum(MinuteCount.count), func.max(MinuteCount.minute)
    query = (
        select(MinuteCount.event_type, count.label("count"), last_seen.label("last_seen"))
        .where(
            MinuteCount.workspace_id == workspace_id,
            MinuteCount.minute >= since,
            which,
        )
        .group_by(MinuteCount.event_type)
        .order_by(count.desc(), MinuteCount.event_type)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return [dict(row._mapping) for row in rows]


def _known(known: EventType) -> dict[str, Any]:
    return {
        "event_type": known.name,
        "meaning": known.meaning,
        "fields_": [
            {"name": name, "required": name in known.required, "expected": form.expected}
            for name, form in known.fields.items()
        ],
        "example": known.example,
    }
