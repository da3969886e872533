"""The members of a workspace: adding, changing roles, removing, leaving, listing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from marshmallow import fields
from sqlalchemy import ColumnElement, Connection, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import audit_log
from app.auth import signals
from app.auth.access import Access
from app.auth.reauthentication import require_recent
from app.domain.event import MAX_AHEAD
from app.domain.roles import OWNER
from app.errors import AlreadyExists, LastOwner, NotFound
from app.extensions import db
from app.http.validation import load_body
from app.models import Membership, User, UserPresence
from app.postgres.statements import AnyRow
from app.workspaces.invitations import delete_invitations_by
from app.workspaces.role_rules import IS_ROLE, check_governs, check_role
from app.workspaces.schema import Body

# A moment further ahead than an event may be stamped comes from a wrong clock: null.
LAST_SEEN = case(
    (UserPresence.last_seen <= func.now() + MAX_AHEAD, func.least(UserPresence.last_seen, func.now()))
).label("last_seen")


class NewRole(Body):
    """Another role for a member."""

    role = fields.String(required=True, validate=IS_ROLE)


def add_member(workspace_id: UUID, user_id: UUID, role: str, *, by: str = OWNER) -> None:
    """Give a user a role in a workspace they do not belong to yet; `by` is the role of the person who does so.

    Raises InvalidInput, Forbidden or AlreadyExists.
    """
    check_role(role)
    check_governs(by, role)
    values = {"workspace_id": workspace_id, "user_id": user_id, "role": role}
    query = insert(Membership).values(values).on_conflict_do_nothing().returning(Membership.role)
    with db.engine.begin() as connection:
        if connection.execute(query).scalar_one_or_none() is None:
            raise AlreadyExists("This user is a member already.")
        audit_log.record(connection, workspace_id, "member.added", user_id, role=role)


def change_role(access: Access, user_id: UUID, body: object) -> AnyRow:
    """Give a member the role that a request's body names; only owners make and unmake owners.

    Raises InvalidInput, Forbidden, ReauthRequired (to make an owner), NotFound or LastOwner.
    """
    role = load_body(NewRole, body)["role"]
    check_governs(access.role, role)
    if role == OWNER:
        require_recent(access)
    set_role(access.workspace_id, user_id, role, by=access.role)
    return member(access.workspace_id, user_id)


def set_role(workspace_id: UUID, user_id: UUID, role: str, *, by: str = OWNER) -> None:
    """Give a member another role; raises InvalidInput, NotFound, Forbidden or LastOwner."""
    check_role(role)
    check_governs(by, role)
    # Updated, never replaced: the member's tokens have this row as foreign key, and would go with it.
    query = update(Membership).where(_is_member(workspace_id, user_id)).values(role=role)
    with db.engine.begin() as connection:
        before = lock_role(connection, workspace_id, user_id, removing_owner=role != OWNER, by=by)
        if before != role:
            connection.execute(query)
            delete_invitations_by(connection, user_id, workspace_id, role)
            audit_log.record(
                connection, workspace_id, "member.role-changed", user_id, before=before, role=role
            )


def remove_member(workspace_id: UUID, user_id: UUID, *, by: str = OWNER) -> None:
    """Remove a member from a workspace with their tokens and invitations, and end their streams.

    Raises NotFound, Forbidden or LastOwner.
    """
    with db.engine.begin() as connection:
        role = lock_role(connection, workspace_id, user_id, by=by)
        _end_membership(connection, workspace_id, user_id)
        audit_log.record(connection, workspace_id, "member.removed", user_id, role=role)
    signals.announce(signals.RevocationCause.MEMBERSHIP, user_id=user_id, workspace_id=workspace_id)


def leave(workspace_id: UUID, user_id: UUID) -> None:
    """End one's own membership, whatever one's role; raises NotFound, or LastOwner for the last one."""
    with db.engine.begin() as connection:
        role = lock_role(connection, workspace_id, user_id)
        _end_membership(connection, workspace_id, user_id)
        audit_log.record(connection, workspace_id, "member.left", user_id, role=role)
    signals.announce(signals.RevocationCause.MEMBERSHIP, user_id=user_id, workspace_id=workspace_id)


def members_of(workspace_id: UUID) -> Sequence[AnyRow]:
    """All members, in order of e-mail address: see `_entries`."""
    return _entries(Membership.workspace_id == workspace_id)


def member(workspace_id: UUID, user_id: UUID) -> AnyRow:
    """One member; raises NotFound."""
    found = _entries(_is_member(workspace_id, user_id))
    if not found:
        raise NotFound("This user is no member.")
    return found[0]


def lock_role(
    connection: Connection, workspace_id: UUID, user_id: UUID, *, removing_owner: bool = True, by: str = OWNER
) -> str:
    """A member's role, with their row and those of all owners locked until this transaction ends.

    The rows are locked in one order, so that of two owners who demote each other concurrently the second one finds
    itself the last. Raises NotFound; Forbidden where the role `by` has no say over the member's, before anything
    about other owners can be learnt; LastOwner when `removing_owner` and there is no other.
    """
    query = (
        select(Membership.user_id, Membership.role)
        .where(Membership.workspace_id == workspace_id)
        .where((Membership.role == OWNER) | (Membership.user_id == user_id))
        .order_by(Membership.user_id)
        .with_for_update()
    )
    roles: dict[UUID, str] = {row.user_id: row.role for row in connection.execute(query)}
    if user_id not in roles:
        raise NotFound("This user is no member.")
    check_governs(by, roles[user_id])
    if removing_owner and roles[user_id] == OWNER and list(roles.values()).count(OWNER) == 1:
        raise LastOwner("Make somebody else an owner first.")
    return roles[user_id]


def _end_membership(connection: Connection, workspace_id: UUID, user_id: UUID) -> None:
    delete_invitations_by(connection, user_id, workspace_id)
    connection.execute(delete(Membership).where(_is_member(workspace_id, user_id)))


def _entries(which: ColumnElement[bool]) -> Sequence[AnyRow]:
    """`(user_id, name, email, role, since, last_seen, active)`: their latest event; whether they may sign in."""
    query = (
        select(
            User.id.label("user_id"),
            User.name,
            User.email,
            Membership.role,
            Membership.created_at.label("since"),
            LAST_SEEN,
            User.is_active.label("active"),
        )
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            UserPresence,
            (UserPresence.workspace_id == Membership.workspace_id) & (UserPresence.user_id == User.id),
        )
        .where(which)
        .order_by(User.email)
    )
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def _is_member(workspace_id: UUID, user_id: UUID) -> ColumnElement[bool]:
    return (Membership.workspace_id == workspace_id) & (Membership.user_id == user_id)
