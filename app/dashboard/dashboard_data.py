"""The JSON block of the dashboard: figures, recent events, names; the page draws before its stream opens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.auth.access import Access
from app.domain.catalogue import CATALOGUE
from app.domain.event import event_summary
from app.domain.ids import Cursor
from app.domain.stats import Stats, StatsView
from app.event_log import append, heads
from app.event_log.append import StoredEvent
from app.extensions import component, db
from app.insights.state import Insights
from app.workspaces.members import members_of

MAX_RECENT_EVENTS = 50  # more than a tall screen shows


def dashboard_data(access: Access, stats: Stats, breakdown: dict[str, Any] | None) -> dict[str, Any]:
    """The JSON block; the page's stream resumes from `lastEventId`, so that no event is missed in between."""
    cursor, events = _recent_events(access.workspace_id)
    insights = component(Insights)
    return {
        "workspace": {
            "id": str(access.workspace_id),
            "slug": access.slug,
            "name": access.workspace_name,
            "timezone": access.timezone,
        },
        "members": {str(member.user_id): member.name for member in members_of(access.workspace_id)},
        "eventTypes": [
            {"name": known.name, "meaning": known.meaning, "example": known.example}
            for known in CATALOGUE.values()
        ],
        "stats": stats.payload_for(StatsView(compare=True)),
        "presence": insights.presence.get(access.workspace_id),
        "breakdown": breakdown,
        "events": [
            event_summary(e.event_type, e.user_id, e.occurred_at, e.event_id, e.references) for e in events
        ],
        "lastEventId": str(cursor),
        "history": {
            "minutesFor": insights.retention.minutes.total_seconds(),
            "tick": insights.sample_interval.total_seconds(),
        },
    }


def _recent_events(workspace_id: UUID) -> tuple[Cursor, list[StoredEvent]]:
    with db.engine.connect() as connection:
        head = heads.heads(connection, [workspace_id])[workspace_id]
        events = append.read_after(
            connection,
            workspace_id,
            max(0, head.seq - MAX_RECENT_EVENTS),
            up_to=head.seq,
            limit=MAX_RECENT_EVENTS,
        )
    return Cursor(head.epoch, head.seq), events
