"""The API of a workspace's settings, for its admins: read them, change some."""

from __future__ import annotations

from flask import Blueprint, Response

from app.auth.access import Access
from app.auth.authorization import for_members
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.response_schema import respond
from app.workspaces.responses import SettingsSchema
from app.workspaces.schema import ChangedSettings
from app.workspaces.workspace import change_settings, settings_of

blueprint = Blueprint("settings", __name__)
PATH = f"{WORKSPACE}/settings"
BODY_LIMIT = 16 * 1024  # bytes


@blueprint.get(PATH)
@described(answers=SettingsSchema)
@for_members("admin")
def read_settings(access: Access) -> Response:
    """What the workspace is set to."""
    return respond(SettingsSchema, settings_of(access.workspace_id))


@blueprint.patch(PATH)
@described(answers=SettingsSchema, body=ChangedSettings)
@for_members("admin")
def patch_settings(access: Access) -> Response:
    """Change what is named, all of it or nothing; the answer is what the workspace is set to now."""
    change_settings(access.workspace_id, read_json(BODY_LIMIT))
    return respond(SettingsSchema, settings_of(access.workspace_id))
