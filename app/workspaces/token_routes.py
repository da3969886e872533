"""The API of a workspace's tokens, for its admins: make one, list them, revoke one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from app.auth import tokens
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.scopes import ADMIN
from app.errors import ReauthRequired
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.response_schema import respond
from app.workspaces import token_creation
from app.workspaces.responses import MadeToken, TokenList
from app.workspaces.token_creation import NewToken

blueprint = Blueprint("tokens", __name__)
PATH = f"{WORKSPACE}/tokens"
BODY_LIMIT = 16 * 1024  # bytes


@blueprint.post(PATH)
@described(answers=MadeToken, status=201, body=NewToken, refuses=(ReauthRequired,))
@for_members("admin", scope=ADMIN)
def create_token(access: Access) -> tuple[Response, int]:
    """Make a token of whoever asks; this answer is the only one that ever holds it.

    A token makes none that outlives it: without `expiresAt` the new one ends with it.
    """
    return respond(MadeToken, token_creation.create(access, read_json(BODY_LIMIT))), 201


@blueprint.get(PATH)
@described(answers=TokenList)
@for_members("admin", scope=ADMIN)
def list_tokens(access: Access) -> Response:
    """Everybody's tokens in this workspace, without what is secret."""
    return respond(TokenList, data=tokens.tokens_of(access.workspace_id))


@blueprint.delete(f"{PATH}/<uuid:token_id>")
@described()
@for_members("admin", scope=ADMIN)
def revoke_token(access: Access, token_id: UUID) -> tuple[str, int]:
    """End a token, whoever's it is."""
    tokens.revoke(access.workspace_id, token_id)
    return "", 204
