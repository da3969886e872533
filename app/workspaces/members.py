"""Who belongs to a workspace, and as what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.errors import AlreadyExists, InvalidInput
from app.extensions import db
from app.models import ROLES, Membership, User


def add_member(workspace_id: UUID, user_id: UUID, role: str) -> None:
    """Give a user a role in a workspace they do not belong to yet; raises InvalidInput or AlreadyExists."""
    if role not in ROLES:
        raise InvalidInput(errors={"role": [f"Must be one of: {', '.join(ROLES)}."]})
    values = {"workspace_id": workspace_id, "user_id": user_id, "role": role}
    query = insert(Membership).values(values).on_conflict_do_nothing().returning(Membership.role)
    with db.engine.begin() as connection:
        if connection.execute(query).scalar_one_or_none() is None:
            raise AlreadyExists("This user is a member already.")


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
