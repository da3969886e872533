"""All users and workspaces of the installation, for its operator: `flask user list`, `flask workspace list`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.domain.instants import iso
from app.extensions import db
from app.models import EventHead, Membership, User, Workspace


def all_users() -> list[dict[str, Any]]:
    """Every user in order of e-mail address: id, email, name, active, and the role in each workspace by slug."""
    roles = func.jsonb_object_agg(Workspace.slug, Membership.role).filter(Workspace.slug.is_not(None))
    query = (
        select(User.id, User.email, User.name, User.is_active, User.created_at, roles.label("roles"))
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Workspace, Workspace.id == Membership.workspace_id)
        .group_by(User.id)
        .order_by(User.email)
    )
    with db.engine.connect() as connection:
        return [
            {
                "id": str(row.id),
                "email": row.email,
                "name": row.name,
                "active": row.is_active,
                "since": iso(row.created_at),
                "workspaces": row.roles or {},
            }
            for row in connection.execute(query)
        ]


def all_workspaces() -> list[dict[str, Any]]:
    """Every workspace in order of slug: id, slug, name, timezone, members, and the number of its last event."""
    members = (
        select(func.count()).where(Membership.workspace_id == Workspace.id).scalar_subquery().label("members")
    )
    query = (
        select(
            Workspace.id,
            Workspace.slug,
            Workspace.name,
            Workspace.timezone,
            members,
            EventHead.last_seq,
            EventHead.last_received_at,
        )
        .outerjoin(EventHead, EventHead.workspace_id == Workspace.id)
        .order_by(Workspace.slug)
    )
    with db.engine.connect() as connection:
        return [
            {
                "id": str(row.id),
                "slug": row.slug,
                "name": row.name,
                "timezone": row.timezone,
                "members": row.members,
                "lastSeq": row.last_seq,
                "lastEventAt": row.last_received_at and iso(row.last_received_at),
            }
            for row in connection.execute(query)
        ]
