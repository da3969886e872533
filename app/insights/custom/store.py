"""Where custom metrics are kept: made, listed, changed, paused and removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.custom_metric import MOST, Definition
from app.domain.instants import iso
from app.errors import AlreadyExists, NotFound, TooManyMetrics
from app.insights.custom.schema import NAME
from app.models import CustomMetric, Workspace

MOST_OVERRUNS = 3  # in a row
PAUSED = (
    "Its query took longer than {limit:g} seconds, {times} times in a row. "
    "Give it a shorter window, or none of the conditions, then resume it."
)
BY_AN_ADMIN = "An admin paused it."


class Key(NamedTuple):
    """One definition of one metric: changed, it is another."""

    workspace_id: UUID
    id: UUID
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """A metric as a tick needs it."""

    id: UUID
    workspace_id: UUID
    timezone: str
    name: str
    definition: Definition
    changed_at: datetime
    overruns: int
    is_paused: bool

    @property
    def key(self) -> Key:
        """What is known of it goes by this."""
        return Key(self.workspace_id, self.id, self.changed_at)


def stored(connection: Connection, workspaces: Iterable[UUID]) -> list[Stored]:
    """The metrics of these workspaces, by name."""
    rows = connection.execute(
        select(*CustomMetric.__table__.columns, Workspace.timezone)
        .join(Workspace, Workspace.id == CustomMetric.workspace_id)
        .where(CustomMetric.workspace_id.in_(list(workspaces)))
        .order_by(CustomMetric.name)
    )
    return [
        Stored(
            row.id,
            row.workspace_id,
            row.timezone,
            row.name,
            Definition.of(row.definition),
            row.changed_at,
            row.overruns,
            row.paused_at is not None,
        )
        for row in rows
    ]


def entries(connection: Connection, workspace: UUID) -> list[dict[str, Any]]:
    """The workspace's metrics as the API tells them, by name."""
    query = select(CustomMetric.__table__).where(CustomMetric.workspace_id == workspace)
    return [_as_told(row) for row in connection.execute(query.order_by(CustomMetric.name))]


def entry(connection: Connection, workspace: UUID, name: str, *, for_update: bool = False) -> dict[str, Any]:
    """One of them, locked if it is about to be changed; raises NotFound."""
    query = select(CustomMetric.__table__).where(_is(workspace, name))
    row = connection.execute(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise NotFound
    return _as_told(row)


def add(connection: Connection, workspace: UUID, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Store a new metric; its entry. Raises AlreadyExists or TooManyMetrics."""
    # Locked, or two at once could both be the twentieth; not so that posts would wait.
    lock = select(Workspace.id).where(Workspace.id == workspace).with_for_update(key_share=True)
    connection.execute(lock)
    check_room(connection, workspace, values["name"])
    try:
        row = connection.execute(
            insert(CustomMetric)
            .values(workspace_id=workspace, changed_at=now, **values)
            .returning(*CustomMetric.__table__.columns)
        ).one()
    except IntegrityError:
        raise _taken(values["name"]) from None
    return _as_told(row)


def check_room(connection: Connection, workspace: UUID, name: str) -> None:
    """Raise TooManyMetrics or AlreadyExists if another metric of this name cannot be added."""
    query = select(CustomMetric.name).where(CustomMetric.workspace_id == workspace)
    names = connection.execute(query).scalars().all()
    if len(names) >= MOST:
        raise TooManyMetrics(f"At most {MOST}. Remove one that nobody looks at.")
    if name in names:
        raise _taken(name)


def change(connection: Connection, workspace: UUID, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Store what changes; the new entry. Raises NotFound."""
    query = (
        update(CustomMetric)
        .where(_is(workspace, name))
        .values(**values)
        .returning(*CustomMetric.__table__.columns)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _as_told(row)


def remove(connection: Connection, workspace: UUID, name: str) -> None:
    """Raises NotFound."""
    if not connection.execute(delete(CustomMetric).where(_is(workspace, name))).rowcount:
        raise NotFound


def note_overrun(connection: Connection, metric: Stored, limit: float, now: datetime) -> bool:
    """Count a query that had to be stopped; whether that was once too often, and the metric is paused now."""
    overruns = CustomMetric.overruns + 1
    same = (CustomMetric.id == metric.id) & (CustomMetric.changed_at == metric.changed_at)
    noted = update(CustomMetric).where(same).values(overruns=overruns).returning(CustomMetric.overruns)
    times = connection.execute(noted).scalar_one_or_none() or 0
    if times < MOST_OVERRUNS:
        return False
    because = PAUSED.format(limit=limit, times=times)
    connection.execute(update(CustomMetric).where(same).values(paused_at=now, paused_because=because))
    return True


def forget_overruns(connection: Connection, metric: Stored) -> None:
    """It was in time again."""
    connection.execute(update(CustomMetric).where(CustomMetric.id == metric.id).values(overruns=0))


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"There is a custom metric called {name} already.")


def _is(workspace: UUID, name: str):
    # What is no name no metric has, and a null character cannot even be asked for.
    return (CustomMetric.workspace_id == workspace) & (
        CustomMetric.name == (name if NAME.match(name) else "")
    )


def _as_told(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "unit": row.unit,
        **{name: row.definition[name] for name in ("aggregate", "field", "types", "where", "window")},
        "meaning": Definition.of(row.definition).words,
        "createdAt": iso(row.created_at),
        "changedAt": iso(row.changed_at),
        "paused": row.paused_at is not None,
        "pausedAt": row.paused_at and iso(row.paused_at),
        "pausedBecause": row.paused_because,
    }
