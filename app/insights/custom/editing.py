"""Creating, changing and deleting custom metrics: what the JSON API and the admin page have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from app.audit import audit_log
from app.auth import heavy_reads
from app.auth.access import Access
from app.domain.custom_metric import MetricDefinition
from app.domain.instants import to_millisecond
from app.extensions import db
from app.insights.custom import schema, store
from app.insights.custom.evaluation import MetricValue, check_cost

AUDITED = ("title", "unit", *schema.DEFINITION, "paused")
RESUMED = {"paused_at": None, "paused_because": None}


def create_metric(access: Access, body: object) -> dict[str, Any]:
    """Store a new metric; its entry with its current `value`.

    Raises InvalidInput, AlreadyExists, TooManyMetrics, TooCostly, TooBusy or RateLimited.
    """
    values = schema.load_new_metric(body)
    with db.engine.connect() as connection:  # before the cost check, which may take the database two seconds
        store.check_limit(connection, access.workspace_id, values["name"])
    now = to_millisecond(datetime.now(UTC))
    value = _check_cost(access, values["definition"], now)
    with db.engine.begin() as connection:
        entry = store.insert_entry(connection, access.workspace_id, values, now)
        audit_log.record(connection, access.workspace_id, "custom-metric.created", name=entry["name"])
    return entry | {"value": value}


def change_metric(access: Access, name: str, body: object) -> dict[str, Any]:
    """Change, pause or resume a metric; its new entry.

    A new definition is checked for its cost again, and counted backwards; resuming tries again what failed.

    Raises NotFound, InvalidInput, TooCostly, TooBusy or RateLimited.
    """
    now = to_millisecond(datetime.now(UTC))
    with db.engine.connect() as connection:
        present = store.entry(connection, access.workspace_id, name)
    values = schema.load_change(body, present)
    paused = values.pop("paused", None)
    is_redefined = _differ(values["definition"], present)
    if paused is False or is_redefined:
        _check_cost(access, values["definition"], now)
        values |= {"changed_at": now, "overruns": 0}
    if is_redefined:
        values |= {"redefined": True, **store.count_backwards(now)}
    elif paused is False and present["backfill"]["state"] == store.FAILED:
        values |= {"backfill_state": store.RUNNING, "backfill_error": None}
    if paused is not None and paused != present["paused"]:
        values |= {"paused_at": now, "paused_because": store.PAUSED_BY_ADMIN} if paused else RESUMED
    with db.engine.begin() as connection:
        before = store.entry(connection, access.workspace_id, name, for_update=True)
        entry = store.update_entry(connection, access.workspace_id, name, values)
        if changed := [part for part in AUDITED if entry[part] != before[part]]:
            details = {"before": _audited(before, changed), "after": _audited(entry, changed)}
            audit_log.record(
                connection,
                access.workspace_id,
                "custom-metric.changed",
                name=name,
                paused=entry["paused"],
                **details,
            )
    return entry


def delete_metric(access: Access, name: str) -> None:
    """Delete a metric; its recorded history stays. Raises NotFound."""
    with db.engine.begin() as connection:
        store.delete_entry(connection, access.workspace_id, name)
        audit_log.record(connection, access.workspace_id, "custom-metric.removed", name=name)


def _differ(definition: dict[str, Any], present: dict[str, Any]) -> bool:
    return any(present[name] != value for name, value in definition.items())


def _audited(entry: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """The audited fields without the values of conditions, which may be personal data such as an address."""
    audited = {part: entry[part] for part in parts}
    if "where" in audited:
        audited["where"] = [
            {key: word for key, word in one.items() if key != "value"} for one in audited["where"]
        ]
    return audited


def _check_cost(access: Access, definition: dict[str, Any], now: datetime) -> MetricValue:
    # In a transaction of its own, so that no lock is held while the query runs.
    heavy_reads.count(access)
    with heavy_reads.heavy_reads().connection(access.workspace_id) as connection:
        return check_cost(
            connection, MetricDefinition.from_json(definition), access.workspace_id, access.timezone, now
        ).value
