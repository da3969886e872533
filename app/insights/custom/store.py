"""The table of custom metrics: list, insert, update and delete, and the pause after repeated time-outs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.backfill import progress
from app.domain.custom_metric import MAX_METRICS, MetricDefinition
from app.errors import AlreadyExists, NotFound, TooManyMetrics
from app.insights.custom.schema import NAME
from app.models import CustomMetric, Workspace

RUNNING, DONE, FAILED = BACKFILL_STATES = ("running", "done", "failed")
MAX_TIMEOUTS = 3  # in a row
PAUSED_FOR_TIMEOUTS = (
    "Its query took longer than {limit:g} seconds, {times} times in a row. "
    "Give it a shorter window, or none of the conditions, then resume it."
)
PAUSED_BY_ADMIN = "An admin paused it."


class MetricKey(NamedTuple):
    """Cache key of one definition of one metric: a change makes another one."""

    workspace_id: UUID
    id: UUID
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredMetric:
    """A metric as a tick needs it."""

    id: UUID
    workspace_id: UUID
    timezone: str
    name: str
    definition: MetricDefinition
    changed_at: datetime
    overruns: int
    is_paused: bool

    @property
    def key(self) -> MetricKey:
        """The key under which its value is cached."""
        return MetricKey(self.workspace_id, self.id, self.changed_at)


def load_metrics(connection: Connection, workspaces: Iterable[UUID]) -> list[StoredMetric]:
    """The metrics of these workspaces, ordered by name."""
    rows = connection.execute(
        select(*CustomMetric.__table__.columns, Workspace.timezone)
        .join(Workspace, Workspace.id == CustomMetric.workspace_id)
        .where(CustomMetric.workspace_id.in_(list(workspaces)))
        .order_by(CustomMetric.name)
    )
    return [
        StoredMetric(
            row.id,
            row.workspace_id,
            row.timezone,
            row.name,
            MetricDefinition.from_json(row.definition),
            row.changed_at,
            row.overruns,
            row.paused_at is not None,
        )
        for row in rows
    ]


def entries(connection: Connection, workspace: UUID) -> list[dict[str, Any]]:
    """The workspace's metrics, ordered by name: the fields of CustomMetricSchema."""
    query = select(CustomMetric.__table__).where(CustomMetric.workspace_id == workspace)
    return [_entry(row) for row in connection.execute(query.order_by(CustomMetric.name))]


def entry(connection: Connection, workspace: UUID, name: str, *, for_update: bool = False) -> dict[str, Any]:
    """One metric: the fields of CustomMetricSchema; `for_update` locks its row. Raises NotFound."""
    query = select(CustomMetric.__table__).where(_matches(workspace, name))
    row = connection.execute(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise NotFound
    return _entry(row)


def insert_entry(
    connection: Connection, workspace: UUID, values: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Insert a metric; its entry. Raises AlreadyExists or TooManyMetrics."""
    # Locked, so that two requests cannot both insert the last metric allowed; key_share does not block posts.
    lock = select(Workspace.id).where(Workspace.id == workspace).with_for_update(key_share=True)
    connection.execute(lock)
    check_limit(connection, workspace, values["name"])
    try:
        row = connection.execute(
            insert(CustomMetric)
            .values(workspace_id=workspace, changed_at=now, **count_backwards(now), **values)
            .returning(*CustomMetric.__table__.columns)
        ).one()
    except IntegrityError:
        raise _name_in_use(values["name"]) from None
    return _entry(row)


def count_backwards(now: datetime) -> dict[str, Any]:
    """The columns of a metric whose definition is of `now`, and whose values before are still to be counted."""
    return {
        "defined_at": now,
        "backfill_state": RUNNING,
        "backfill_from": None,
        "backfill_to": None,
        "backfill_error": None,
    }


def check_limit(connection: Connection, workspace: UUID, name: str) -> None:
    """Raise TooManyMetrics or AlreadyExists if a metric of this name cannot be added."""
    query = select(CustomMetric.name).where(CustomMetric.workspace_id == workspace)
    names = connection.execute(query).scalars().all()
    if len(names) >= MAX_METRICS:
        raise TooManyMetrics(f"At most {MAX_METRICS}. Remove one that nobody looks at.")
    if name in names:
        raise _name_in_use(name)


def update_entry(
    connection: Connection, workspace: UUID, name: str, values: dict[str, Any]
) -> dict[str, Any]:
    """Update some columns of a metric; its new entry. Raises NotFound."""
    query = (
        update(CustomMetric)
        .where(_matches(workspace, name))
        .values(**values)
        .returning(*CustomMetric.__table__.columns)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _entry(row)


def delete_entry(connection: Connection, workspace: UUID, name: str) -> None:
    """Delete a metric; raises NotFound."""
    if not connection.execute(delete(CustomMetric).where(_matches(workspace, name))).rowcount:
        raise NotFound


def record_timeout(connection: Connection, metric: StoredMetric, limit: float, now: datetime) -> bool:
    """Count a time-out of the metric's query; pause the metric at the third in a row. Whether it was paused."""
    overruns = CustomMetric.overruns + 1
    same = (CustomMetric.id == metric.id) & (CustomMetric.changed_at == metric.changed_at)
    noted = update(CustomMetric).where(same).values(overruns=overruns).returning(CustomMetric.overruns)
    times = connection.execute(noted).scalar_one_or_none() or 0
    if times < MAX_TIMEOUTS:
        return False
    because = PAUSED_FOR_TIMEOUTS.format(limit=limit, times=times)
    connection.execute(update(CustomMetric).where(same).values(paused_at=now, paused_because=because))
    return True


def reset_timeouts(connection: Connection, metric: StoredMetric) -> None:
    """Reset the count of time-outs after a query that was in time."""
    connection.execute(update(CustomMetric).where(CustomMetric.id == metric.id).values(overruns=0))


def _name_in_use(name: str) -> AlreadyExists:
    return AlreadyExists(f"There is a custom metric called {name} already.")


def _matches(workspace: UUID, name: str) -> ColumnElement[bool]:
    # An invalid name matches nothing; PostgreSQL would reject one with a null character.
    return (CustomMetric.workspace_id == workspace) & (
        CustomMetric.name == (name if NAME.match(name) else "")
    )


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "unit": row.unit,
        **{name: row.definition[name] for name in ("aggregate", "field", "types", "where", "window")},
        "meaning": MetricDefinition.from_json(row.definition).words,
        "created_at": row.created_at,
        "changed_at": row.changed_at,
        "definition_changed_at": row.defined_at if row.redefined else None,
        "backfill": _backfill(row),
        "paused": row.paused_at is not None,
        "paused_at": row.paused_at,
        "paused_because": row.paused_because,
    }


def _backfill(row: Row[Any]) -> dict[str, Any]:
    """How far it has been counted backwards; one of the version before is not, so nothing is left to count."""
    state = row.backfill_state or DONE
    share = 1.0 if state == DONE else 0.0
    if state != DONE and row.backfill_from and row.backfill_to:
        share = progress(row.defined_at, row.backfill_from, row.backfill_to)
    return {"state": state, "progress": share, "reason": row.backfill_error}
