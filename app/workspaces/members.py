"""Who belongs to a workspace, and as what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app import audit
from app.auth import revoked
from app.errors import AlreadyExists, InvalidInput, NotFound
from app.extensions import db
from app.models import ROLES, Membership, User


def add_member(workspace_id: UUID, user_id: UUID, role: str) -> None:
    """Give a user a role in a workspace they do not belong to yet; raises InvalidInput or AlreadyExists."""
    _check_role(role)
    values = {"workspace_id": workspace_id, "user_id": user_id, "role": role}
    query = insert(Membership).values(values).on_conflict_do_nothing().returning(Membership.role)
    with db.engine.begin() as connection:
        if connection.execute(query).scalar_one_or_none() is None:
            raise AlreadyExists("This user is a member already.")
        audit.record(connection, workspace_id, "member.added", user_id, role=role)


def set_role(workspace_id: UUID, user_id: UUID, role: str) -> None:
    """Give a member another role; raises InvalidInput or NotFound."""
    _check_role(role)
    # Updated, never replaced: the member's tokens hang on this row.
    query = update(Membership).where(_is(workspace_id, user_id)).values(role=role)
    with db.engine.begin() as connection:
        before = connection.execute(_role(workspace_id, user_id)).scalar_one_or_none()
        if before is None:
            raise NotFound("This user is no member.")
        connection.execute(query)
        audit.record(connection, workspace_id, "member.role-changed", user_id, before=before, role=role)


def remove_member(workspace_id: UUID, user_id: UUID) -> None:
    """Take a member out of a workspace: their tokens go too, their streams end. Raises NotFound."""
    with db.engine.begin() as connection:
        query = delete(Membership).where(_is(workspace_id, user_id)).returning(Membership.role)
        role = connection.execute(query).scalar_one_or_none()
        if role is None:
            raise NotFound("This user is no member.")
        audit.record(connection, workspace_id, "member.removed", user_id, role=role)
    revoked.announce(user_id=user_id, workspace_id=workspace_id)


def members_of(workspace_id: UUID) -> list[dict[str, Any]]:
    """`{id, email, name, role}` of each member, in order of e-mail address."""
    query = (
        select(User.id, User.email, User.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.workspace_id == workspace_id)
        .order_by(User.email)
    )
    with db.engine.connect() as connection:
        return [{**row, "id": str(row["id"])} for row in connection.execute(query).mappings()]


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidInput(errors={"role": [f"Must be one of: {', '.join(ROLES)}."]})


def _role(workspace_id: UUID, user_id: UUID) -> Select:
    return select(Membership.role).where(_is(workspace_id, user_id)).with_for_update()


def _is(workspace_id: UUID, user_id: UUID) -> ColumnElement[bool]:
    return (Membership.workspace_id == workspace_id) & (Membership.user_id == user_id)
