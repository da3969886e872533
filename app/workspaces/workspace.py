"""Workspaces: creating one with its event log and owner, finding, renaming, settings."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.audit import audit_log
from app.domain.email_and_slug import is_slug
from app.errors import AlreadyExists, NotFound
from app.extensions import db
from app.http.validation import load_body
from app.models import EventHead, Membership, Workspace
from app.workspaces.schema import ChangedSettings, NewWorkspace, Slug, checked


def create_workspace(slug: str, name: str, timezone: str, owner_id: UUID) -> UUID:
    """Store a workspace with its empty event log and its owner; raises InvalidInput or AlreadyExists."""
    values = checked(NewWorkspace, slug=slug, name=name, timezone=timezone)
    with db.engine.begin() as connection:
        return insert_workspace(connection, values, owner_id)


def insert_workspace(connection: Connection, values: Mapping[str, Any], owner_id: UUID) -> UUID:
    """The same with validated values; does not commit. Raises AlreadyExists."""
    query = insert(Workspace).values(**values).on_conflict_do_nothing(index_elements=["slug"])
    workspace_id = connection.execute(query.returning(Workspace.id)).scalar_one_or_none()
    if workspace_id is None:
        raise AlreadyExists(f"There is a workspace {values['slug']} already.")
    connection.execute(insert(EventHead).values(workspace_id=workspace_id, epoch=new_epoch()))
    connection.execute(insert(Membership).values(workspace_id=workspace_id, user_id=owner_id, role="owner"))
    audit_log.record(connection, workspace_id, "workspace.created", owner_id, slug=values["slug"])
    return workspace_id


def find_workspace(slug: str) -> Row[UUID, str, str, str] | None:
    """`(id, slug, name, timezone)` of the workspace with this slug."""
    query = select(Workspace.id, Workspace.slug, Workspace.name, Workspace.timezone)
    with db.engine.connect() as connection:
        return connection.execute(
            query.where(Workspace.slug == (slug if is_slug(slug) else ""))
        ).one_or_none()


def rename_workspace(workspace_id: UUID, slug: str) -> None:
    """Give a workspace another slug, so another address; raises InvalidInput, AlreadyExists or NotFound.

    Streams that are open stay: they know the workspace by its id.
    """
    checked(Slug, slug=slug)
    query = select(Workspace.slug).where(Workspace.id == workspace_id).with_for_update()
    try:
        with db.engine.begin() as connection:
            before = connection.execute(query).scalar_one_or_none()
            if before is None:
                raise NotFound("There is no such workspace.")
            if before != slug:
                connection.execute(update(Workspace).where(Workspace.id == workspace_id).values(slug=slug))
                audit_log.record(connection, workspace_id, "workspace.renamed", before=before, slug=slug)
    except IntegrityError:
        raise AlreadyExists(f"There is a workspace {slug} already.") from None


def settings_of(workspace_id: UUID) -> dict[str, Any]:
    """The settings that admins may change, and the slug, as the API has them."""
    columns = (Workspace.slug, Workspace.name, Workspace.timezone, Workspace.strict, Workspace.addresses)
    query = select(*columns, Workspace.mark_types)
    with db.engine.connect() as connection:
        return dict(connection.execute(query.where(Workspace.id == workspace_id)).mappings().one())


def change_settings(workspace_id: UUID, changes: object) -> None:
    """Change some settings, all of them or none, as ChangedSettings names them; raises InvalidInput.

    They hold everywhere at once, for tokens in steady use half a second later; figures from the next tick on.
    """
    values = load_body(ChangedSettings, changes)
    if not values:
        return
    is_it = Workspace.id == workspace_id
    columns = [getattr(Workspace, name) for name in values]
    with db.engine.begin() as connection:
        # Locked, so that of two concurrent changes the second does not audit a "before" that the first replaced.
        before = (
            connection.execute(select(*columns).where(is_it).with_for_update(key_share=True)).mappings().one()
        )
        changed = {name: value for name, value in values.items() if before[name] != value}
        if changed:
            moved = {"timezone_since": func.now()} if "timezone" in changed else {}
            connection.execute(update(Workspace).where(is_it).values(changed | moved))
            old = {name: before[name] for name in changed}
            audit_log.record(
                connection, workspace_id, "settings.changed", **_audited(changed), before=_audited(old)
            )


def _audited(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by the names that the API has for them."""
    names = {"mark_types": "markTypes"}
    return {names.get(name, name): value for name, value in values.items()}


def new_epoch() -> str:
    """Eight random hex digits that identify an incarnation of an event log."""
    return secrets.token_hex(4)
