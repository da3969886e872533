"""The page of a workspace's settings, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from app.auth.access import require_member
from app.dashboard.admin_page import admin_blueprint, show
from app.workspaces.schema import timezones
from app.workspaces.workspace import settings_of

blueprint = admin_blueprint("settings_page")


@blueprint.get("/w/<slug>/settings")
def settings_of_workspace(slug: str) -> str:
    """What the workspace is set to, and which types of events it has seen."""
    access = require_member(slug, "admin")
    settings = settings_of(access.workspace_id)
    return show("settings.html", access, {"settings": settings}, settings=settings, timezones=timezones())
