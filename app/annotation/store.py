"""The table of annotations: list, insert, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from app.domain.time_range import TimeRange
from app.errors import NotFound, TooManyAnnotations
from app.models import Annotation

MAX_ANNOTATIONS = 10_000  # in a workspace
MAX_LISTED = 500

COLUMNS = (
    Annotation.id,
    Annotation.at,
    Annotation.until,
    Annotation.text,
    Annotation.url,
    Annotation.tags,
    Annotation.kind,
    Annotation.made_by.label("user_id"),
    Annotation.token_id,
)
Entry = dict[str, Any]  # by the names of AnnotationSchema


def entries(
    connection: Connection, workspace: UUID, time_range: TimeRange, tag: str | None
) -> tuple[list[Entry], bool]:
    """The latest notes that touch the time range, and whether there are more."""
    query = select(*COLUMNS).where(
        Annotation.workspace_id == workspace,
        func.coalesce(Annotation.until, Annotation.at) >= time_range.since,
    )
    if time_range.until is not None:
        query = query.where(Annotation.at < time_range.until)
    if tag is not None:
        query = query.where(Annotation.tags.contains([tag]))
    rows = connection.execute(query.order_by(Annotation.at.desc()).limit(MAX_LISTED + 1)).all()
    return [_to_entry(row) for row in rows[:MAX_LISTED]], len(rows) > MAX_LISTED


def entry(connection: Connection, workspace: UUID, annotation_id: UUID) -> Entry:
    """One note, locked until the end of the transaction. Raises NotFound."""
    row = connection.execute(
        select(*COLUMNS).where(_is(workspace, annotation_id)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    return _to_entry(row)


def insert_entry(connection: Connection, workspace: UUID, values: Mapping[str, Any]) -> Entry:
    """Insert a note; its entry. Raises TooManyAnnotations."""
    mine = select(func.count()).select_from(Annotation).where(Annotation.workspace_id == workspace)
    # Not locked: a few more at once do no harm.
    if connection.execute(mine).scalar_one() >= MAX_ANNOTATIONS:
        raise TooManyAnnotations(f"At most {MAX_ANNOTATIONS:,}. Remove some that are of no use any more.")
    made = insert(Annotation).values(workspace_id=workspace, **values).returning(*COLUMNS)
    return _to_entry(connection.execute(made).one())


def update_entry(
    connection: Connection, workspace: UUID, annotation_id: UUID, values: Mapping[str, Any]
) -> Entry:
    """Change some columns of a note that is there; its new entry."""
    changed = update(Annotation).where(_is(workspace, annotation_id)).values(**values).returning(*COLUMNS)
    return _to_entry(connection.execute(changed).one())


def delete_entry(connection: Connection, workspace: UUID, annotation_id: UUID) -> None:
    """Delete a note."""
    connection.execute(delete(Annotation).where(_is(workspace, annotation_id)))


def _is(workspace: UUID, annotation_id: UUID) -> ColumnElement[bool]:
    return (Annotation.workspace_id == workspace) & (Annotation.id == annotation_id)


def _to_entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return row._asdict()
