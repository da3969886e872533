"""What a session or a token stands for at this moment: one query each, and no connection kept."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select

from app.auth import last_use, sessions, tokens
from app.database import look_up
from app.domain.identifiers import is_slug
from app.models import LoginSession, Membership, Token, User, Workspace

UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

COLUMNS = (
    User.id.label("user_id"),
    User.name.label("user_name"),
    Membership.role,
    Workspace.id.label("workspace_id"),
    Workspace.slug,
    Workspace.name.label("workspace_name"),
    Workspace.timezone,
    Workspace.strict,
)


def of_session(key: bytes, workspace_ref: str) -> Row | None:
    """COLUMNS for the live session of this key, in the workspace (slug or id) if it is its user's.

    None if the session is over. Of somebody else's workspace, or none, `role` is None.
    """
    query, workspace = _query_for(workspace_ref)
    return look_up(query, {"session_id": key, "key": workspace})


def of_token(key: bytes) -> Row | None:
    """COLUMNS for the live token of this key in its workspace, `token_id`, `scopes` and `use_is_due`.

    None if there is no such token (any more), or its user is not active.
    """
    return look_up(_OF_TOKEN, {"key": key})


def _query_for(workspace_ref: str) -> tuple[Select, object]:
    if UUID_FORM.fullmatch(workspace_ref):
        return _BY_ID, UUID(workspace_ref)
    # No workspace has an empty slug: a malformed reference goes the way of an unknown one.
    return _BY_SLUG, workspace_ref if is_slug(workspace_ref) else ""


def _of_session(key: object) -> Select:
    mine = (Membership.workspace_id == Workspace.id) & (Membership.user_id == User.id)
    return (
        select(*COLUMNS)
        .select_from(LoginSession)
        .join(User, (User.id == LoginSession.user_id) & User.is_active)
        .outerjoin(Workspace, key == bindparam("key"))
        .outerjoin(Membership, mine)
        .where(sessions.is_live(bindparam("session_id")))
    )


_BY_SLUG = _of_session(Workspace.slug)
_BY_ID = _of_session(Workspace.id)
_OF_TOKEN = (
    select(*COLUMNS, Token.id.label("token_id"), Token.scopes, last_use.is_due().label("use_is_due"))
    .select_from(Token)
    .join(User, (User.id == Token.user_id) & User.is_active)
    .join(Workspace, Workspace.id == Token.workspace_id)
    .join(Membership, (Membership.workspace_id == Token.workspace_id) & (Membership.user_id == Token.user_id))
    .where(tokens.is_live(bindparam("key")))
)
