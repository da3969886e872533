"""Access: who is asking, and what they may do in a workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from flask_login import current_user
from sqlalchemy import Select, bindparam, select

from app.auth import sessions
from app.auth.sessions import Person
from app.domain.identifiers import is_slug
from app.errors import AuthRequired, Forbidden, NotFound
from app.extensions import db
from app.models import ROLES, LoginSession, Membership, User, Workspace

RANKS = {role: rank for rank, role in enumerate(reversed(ROLES))}  # viewer < member < admin < owner
UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Access:
    """A member's standing in a workspace for one request: plain values, safe to keep while streaming."""

    user_id: UUID
    user_name: str
    session_id: bytes  # the session row's key
    role: str
    workspace_id: UUID
    slug: str
    workspace_name: str
    timezone: str
    strict: bool

    def allows(self, at_least: str) -> bool:
        """Is the role this one or a higher one?"""
        return RANKS[self.role] >= RANKS[at_least]


def require_member(workspace_ref: str, at_least: str = "viewer") -> Access:
    """The asker's standing in the workspace (slug or id); one query, and no connection kept.

    Raises AuthRequired, then NotFound (the same for no such workspace and for one that is not theirs,
    so that nobody can probe), then Forbidden when the role is below `at_least`.
    """
    access = _standing(sessions.current_token(), workspace_ref)
    if not access.allows(at_least):
        raise Forbidden(f"This takes the role {at_least}; yours is {access.role}.")
    return access


def signed_in() -> Person | None:
    """Whoever is signed in, for pages; None for a visitor."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def require_person() -> Person:
    """Whoever is signed in; raises AuthRequired for a visitor."""
    person = signed_in()
    if person is None:
        raise AuthRequired
    return person


def _standing(token: object, workspace_ref: str) -> Access:
    if not isinstance(token, str):
        raise AuthRequired
    session_id = sessions.hash_of(token)
    query, key = _query_for(workspace_ref)
    with db.engine.connect() as connection:  # given back at once: a stream goes on for an hour
        row = connection.execute(query, {"session_id": session_id, "key": key}).one_or_none()
    if row is None:
        raise AuthRequired
    if row.role is None:
        raise NotFound
    return Access(row.user_id, row.user_name, session_id, *row[2:])


def _query_for(workspace_ref: str) -> tuple[Select, object]:
    if UUID_FORM.fullmatch(workspace_ref):
        return _BY_ID, UUID(workspace_ref)
    # No workspace has an empty slug: a malformed reference goes the way of an unknown one.
    return _BY_SLUG, workspace_ref if is_slug(workspace_ref) else ""


def _query(key: object) -> Select:
    mine = (Membership.workspace_id == Workspace.id) & (Membership.user_id == User.id)
    return (
        select(
            User.id.label("user_id"),
            User.name.label("user_name"),
            Membership.role.label("role"),
            Workspace.id,
            Workspace.slug,
            Workspace.name,
            Workspace.timezone,
            Workspace.strict,
        )
        .select_from(LoginSession)
        .join(User, (User.id == LoginSession.user_id) & User.is_active)
        .outerjoin(Workspace, key == bindparam("key"))
        .outerjoin(Membership, mine)
        .where(sessions.is_live(bindparam("session_id")))
    )


_BY_SLUG = _query(Workspace.slug)
_BY_ID = _query(Workspace.id)
