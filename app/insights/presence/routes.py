"""`GET …/analytics/presence`: the users online, and the most active channels and users."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.scopes import READ
from app.extensions import component
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.insights.presence.responses import PresenceNow
from app.insights.state import Insights

blueprint = Blueprint("presence", __name__)


@blueprint.get(f"{ANALYTICS}/presence")
@described(answers=PresenceNow)
@for_members(scope=READ)
def presence(access: Access) -> dict[str, Any]:
    """The users with an event in the last 5 minutes; the five most active channels and users of the last hour."""
    return component(Insights).presence.get(access.workspace_id)
