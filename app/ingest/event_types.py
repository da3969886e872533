"""The event types of a workspace: those that Pulse knows, and the custom ones that were used lately."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select

from app.auth.access import Access
from app.auth.doors import for_members
from app.described import described
from app.domain.catalogue import CATALOGUE, EventType
from app.domain.instants import iso, minute_of
from app.domain.scopes import READ
from app.extensions import db
from app.ingest.answers import EventTypes
from app.models import MinuteCount

blueprint = Blueprint("event_types", __name__)
LATELY = timedelta(days=7)
MOST_CUSTOM = 100


@blueprint.get("/api/workspaces/<workspace>/analytics/event-types")
@described(answers=EventTypes)
@for_members(scope=READ)
def list_event_types(access: Access) -> Response:
    """The catalogue, and the most frequent custom types of the last seven days."""
    since = minute_of(datetime.now(UTC) - LATELY)
    data = {
        "known": [_known(known) for known in CATALOGUE.values()],
        "custom": custom_types(access.workspace_id, since),
    }
    return jsonify(data=data, meta={"strict": access.strict, "customSince": iso(since)})


def custom_types(workspace_id: UUID, since: datetime) -> list[dict[str, Any]]:
    """`{eventType, count, lastSeen}` of at most 100 types that are not in the catalogue, most frequent first."""
    count, last_seen = func.sum(MinuteCount.count), func.max(MinuteCount.minute)
    query = (
        select(MinuteCount.event_type, count.label("count"), last_seen.label("last_seen"))
        .where(
            MinuteCount.workspace_id == workspace_id,
            MinuteCount.minute >= since,
            MinuteCount.event_type.not_in(CATALOGUE),
        )
        .group_by(MinuteCount.event_type)
        .order_by(count.desc(), MinuteCount.event_type)
        .limit(MOST_CUSTOM)
    )
    with db.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [{"eventType": row.event_type, "count": row.count, "lastSeen": iso(row.last_seen)} for row in rows]


def _known(known: EventType) -> dict[str, Any]:
    return {
        "eventType": known.name,
        "meaning": known.meaning,
        "fields": [
            {"name": name, "required": name in known.required, "expected": form.expected}
            for name, form in known.fields.items()
        ],
        "example": known.example,
    }
