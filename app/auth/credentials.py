"""Credentials: batched look-ups of sessions and tokens, one query for all concurrent requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, LargeBinary, Text, Uuid, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.auth import last_use, sessions, tokens
from app.domain.email_and_slug import is_slug
from app.models import LoginSession, Membership, Token, User, Workspace
from app.postgres.statements import AnyRow, AnySelect, autocommit

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
    Workspace.addresses,
)


class Claim(NamedTuple):
    """The key of a session, and the workspace (slug or id) that its request names."""

    session_id: bytes
    workspace_ref: str


def find_sessions(engine: Engine, claims: Sequence[Claim]) -> list[AnyRow | None]:
    """For each claim, COLUMNS for its session, in the workspace if it is its user's.

    None if the session has ended. `role` is None where the workspace is unknown or the user is no member of it.
    """
    ids = [_id_in(claim.workspace_ref) for claim in claims]
    parameters: dict[str, list[Any]] = {
        "session_ids": [claim.session_id for claim in claims],
        # No workspace has an empty slug: a malformed reference is treated as an unknown one.
        "slugs": [claim.workspace_ref if is_slug(claim.workspace_ref) else "" for claim in claims],
        "ids": ids,
    }
    found = {row.ordinal: row for row in _rows(engine, _FIND_SESSIONS, parameters)}
    return [found.get(ordinal) for ordinal in range(1, len(claims) + 1)]


def find_tokens(engine: Engine, keys: Sequence[bytes]) -> list[AnyRow | None]:
    """For each key, COLUMNS for its live token in its workspace, `token_id`, `scopes` and `use_is_due`.

    None if there is no such token (any more), or its user is not active.
    """
    found = {bytes(row.token_hash): row for row in _rows(engine, _FIND_TOKENS, {"keys": list(set(keys))})}
    return [found.get(key) for key in keys]


def _rows(engine: Engine, query: AnySelect, parameters: dict[str, list[Any]]) -> Sequence[AnyRow]:
    with autocommit(engine) as connection:
        return connection.execute(query, parameters).all()


def _id_in(workspace_ref: str) -> UUID | None:
    return UUID(workspace_ref) if UUID_FORM.fullmatch(workspace_ref) else None


def _find_sessions() -> AnySelect:
    claims = (
        func.unnest(
            bindparam("session_ids", type_=ARRAY(LargeBinary)),
            bindparam("slugs", type_=ARRAY(Text)),
            bindparam("ids", type_=ARRAY(Uuid)),
        )
        .table_valued(
            column("session_id", LargeBinary),
            column("slug", Text),
            column("id", Uuid),
            with_ordinality="ordinal",
        )
        .render_derived("claims")
    )
    own = (Membership.workspace_id == Workspace.id) & (Membership.user_id == User.id)
    return (
        select(*COLUMNS, claims.c.ordinal)
        .select_from(claims)
        .join(LoginSession, sessions.is_live(claims.c.session_id))
        .join(User, (User.id == LoginSession.user_id) & User.is_active)
        .outerjoin(Workspace, (Workspace.slug == claims.c.slug) | (Workspace.id == claims.c.id))
        .outerjoin(Membership, own)
    )


_FIND_SESSIONS = _find_sessions()
_FIND_TOKENS = (
    select(
        *COLUMNS,
        Token.id.label("token_id"),
        Token.scopes,
        last_use.is_due().label("use_is_due"),
        Token.token_hash,
    )
    .select_from(Token)
    .join(User, (User.id == Token.user_id) & User.is_active)
    .join(Workspace, Workspace.id == Token.workspace_id)
    .join(Membership, (Membership.workspace_id == Token.workspace_id) & (Membership.user_id == Token.user_id))
    .where(tokens.is_live(func.any(bindparam("keys", type_=ARRAY(LargeBinary)))))
)
