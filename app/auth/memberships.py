"""Which workspaces a user belongs to, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import Membership, Workspace
from app.postgres.statements import AnyRow


def workspaces_of(user_id: UUID) -> Sequence[AnyRow]:
    """`(id, slug, name, role, timezone)` of each of the user's workspaces, in order of slug."""
    query = (
        select(Workspace.id, Workspace.slug, Workspace.name, Membership.role, Workspace.timezone)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(Workspace.slug)
    )
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def home_of(user_id: UUID) -> str | None:
    """The slug of the workspace that the user has belonged to for longest; None: of none.

    Not the first by name: an inviter could choose a name that sorts before all others.
    """
    query = (
        select(Workspace.slug)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at, Workspace.slug)
        .limit(1)
    )
    with db.engine.connect() as connection:
        return connection.execute(query).scalar_one_or_none()
