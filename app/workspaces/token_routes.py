"""The API of a workspace's tokens, for its admins: make one, list them, revoke one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint

from app.auth import tokens
from app.auth.access import require_member
from app.json_body import read_json
from app.workspaces.token_schema import new_token

blueprint = Blueprint("tokens", __name__)
PATH = "/api/workspaces/<workspace>/tokens"
BODY_LIMIT = 16 * 1024  # bytes


@blueprint.post(PATH)
def create_token(workspace: str) -> tuple[dict[str, Any], int]:
    """Make a token of whoever asks; this answer is the only one that ever holds it."""
    access = require_member(workspace, "admin", scope="admin")
    wanted = new_token(read_json(BODY_LIMIT), datetime.now(UTC))
    token, entry = tokens.issue(access.workspace_id, access.user_id, **wanted)
    return {"token": token, **entry}, 201


@blueprint.get(PATH)
def list_tokens(workspace: str) -> dict[str, Any]:
    """Everybody's tokens in this workspace, without what is secret."""
    access = require_member(workspace, "admin", scope="admin")
    return {"data": tokens.tokens_of(access.workspace_id)}


@blueprint.delete(f"{PATH}/<uuid:token_id>")
def revoke_token(workspace: str, token_id: UUID) -> tuple[str, int]:
    """End a token, whoever's it is."""
    access = require_member(workspace, "admin", scope="admin")
    tokens.revoke(access.workspace_id, token_id)
    return "", 204
