"""Password reset links made by an owner or the operator, for servers that send no mail."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.audit import audit_log, security_log
from app.auth import password_reset
from app.auth.access import Access
from app.auth.reauthentication import require_recent
from app.domain.roles import OWNER
from app.errors import Forbidden, NotFound
from app.extensions import db
from app.http.public_links import link_to, sends_mail
from app.models import Membership, User

OTHER_WORKSPACES = (
    "They belong to workspaces that you do not own as well, which the link would open too: "
    "whoever runs this server makes one by “flask user reset-link”."
)


class PasswordLink(NamedTuple):
    """A one-time link by which a user sets a new password."""

    url: str
    expires_at: datetime


def make_for_member(access: Access, user_id: UUID) -> PasswordLink:
    """A link for a member, made by an owner; raises ReauthRequired, NotFound or Forbidden."""
    require_recent(access)
    if sends_mail():
        raise Forbidden("This server sends mail: they ask for a link themselves, at /forgot.")
    with db.engine.begin() as connection:
        _check_member(connection, access, user_id)
        entry = _made(connection, user_id)
        audit_log.record(connection, access.workspace_id, "member.reset-link-made", user_id)
    return entry


def make_for_user(user_id: UUID) -> PasswordLink:
    """A link for any user, from the command line."""
    with db.engine.begin() as connection:
        return _made(connection, user_id)


def _made(connection: Connection, user_id: UUID) -> PasswordLink:
    path = password_reset.make_link(connection, user_id)
    ends = connection.execute(select(func.now() + password_reset.LIFETIME)).scalar_one()
    security_log.note("password reset link made", user=user_id)
    return PasswordLink(link_to(path), ends)


def _check_member(connection: Connection, access: Access, user_id: UUID) -> None:
    theirs = select(Membership.workspace_id).join(User, User.id == Membership.user_id)
    theirs = theirs.where(Membership.user_id == user_id, User.is_active)
    workspaces = set(connection.execute(theirs).scalars())
    if access.workspace_id not in workspaces:
        raise NotFound("This user is no member, or is kept out.")
    owned = select(Membership.workspace_id).where(
        Membership.user_id == access.user_id, Membership.role == OWNER
    )
    if workspaces - set(connection.execute(owned).scalars()):
        raise Forbidden(OTHER_WORKSPACES)
