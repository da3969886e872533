"""The API of a workspace's custom metrics: whoever sees figures sees what they mean, admins make them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from app.audit import audit_log
from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.custom_metric import Definition
from app.domain.instants import to_millisecond
from app.domain.scopes import ADMIN, READ
from app.errors import AlreadyExists, TooCostly, TooManyMetrics
from app.extensions import db
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.insights.custom import schema, store
from app.insights.custom.cost import affordable
from app.insights.custom.responses import CustomMetricList, MadeCustomMetric, OneCustomMetric
from app.insights.custom.value import Value

blueprint = Blueprint("custom_metrics", __name__)
PATH = "/api/workspaces/<workspace>/analytics/custom-metrics"
BODY_LIMIT = 64 * 1024  # bytes


@blueprint.get(PATH)
@described(answers=CustomMetricList)
@for_members(scope=READ)
def list_metrics(access: Access) -> dict[str, Any]:
    """All of the workspace's, by name."""
    with db.engine.connect() as connection:
        return {"data": store.entries(connection, access.workspace_id)}


@blueprint.get(f"{PATH}/<name>")
@described(answers=OneCustomMetric)
@for_members(scope=READ)
def show_metric(access: Access, name: str) -> dict[str, Any]:
    """One of them."""
    with db.engine.connect() as connection:
        return {"data": store.entry(connection, access.workspace_id, name)}


@blueprint.post(PATH)
@described(
    answers=MadeCustomMetric,
    status=201,
    body=schema.MetricSchema,
    refuses=(AlreadyExists, TooCostly, TooManyMetrics, *heavy_reads.REFUSES),
)
@for_members("admin", scope=ADMIN)
def make_metric(access: Access) -> tuple[dict[str, Any], int]:
    """Make one, if it can be afforded; with its value now."""
    values = schema.new_metric(read_json(BODY_LIMIT))
    with db.engine.connect() as connection:  # before the price, which may take the database two seconds
        store.check_room(connection, access.workspace_id, values["name"])
    now = to_millisecond(datetime.now(UTC))
    value = _affordable(access, values["definition"], now)
    with db.engine.begin() as connection:
        entry = store.add(connection, access.workspace_id, values, now)
        audit_log.record(connection, access.workspace_id, "custom-metric.created", name=entry["name"])
    return {"data": entry | {"value": value}}, 201


@blueprint.patch(f"{PATH}/<name>")
@described(
    answers=OneCustomMetric, body=schema.ChangeSchema(partial=True), refuses=(TooCostly, *heavy_reads.REFUSES)
)
@for_members("admin", scope=ADMIN)
def change_metric(access: Access, name: str) -> dict[str, Any]:
    """Change, pause or resume one; whatever costs anew is asked for its price anew."""
    body = read_json(BODY_LIMIT)
    now = to_millisecond(datetime.now(UTC))
    with db.engine.connect() as connection:
        present = store.entry(connection, access.workspace_id, name)
    values = schema.change(body, present)
    paused = values.pop("paused", None)
    if paused is False or _differ(values["definition"], present):
        _affordable(access, values["definition"], now)
        values |= {"changed_at": now, "overruns": 0}
    if paused is not None and paused != present["paused"]:
        values |= {"paused_at": now, "paused_because": store.BY_AN_ADMIN} if paused else _RUNNING
    with db.engine.begin() as connection:
        before = store.entry(connection, access.workspace_id, name, for_update=True)
        entry = store.change(connection, access.workspace_id, name, values)
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
    return {"data": entry}


@blueprint.delete(f"{PATH}/<name>")
@described()
@for_members("admin", scope=ADMIN)
def remove_metric(access: Access, name: str) -> tuple[str, int]:
    """Remove one; what history has of it stays."""
    with db.engine.begin() as connection:
        store.remove(connection, access.workspace_id, name)
        audit_log.record(connection, access.workspace_id, "custom-metric.removed", name=name)
    return "", 204


AUDITED = ("title", "unit", *schema.DEFINITION, "paused")
_RUNNING = {"paused_at": None, "paused_because": None}


def _differ(definition: dict[str, Any], present: dict[str, Any]) -> bool:
    return any(present[name] != value for name, value in definition.items())


def _audited(entry: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """What the audit log tells of a metric. Values of conditions stay out: one may be a person's address."""
    told = {part: entry[part] for part in parts}
    if "where" in told:
        told["where"] = [{key: word for key, word in one.items() if key != "value"} for one in told["where"]]
    return told


def _affordable(access: Access, definition: dict[str, Any], now: datetime) -> Value:
    # A transaction of its own: no lock is held while the database thinks it over.
    heavy_reads.count(access)
    with heavy_reads.heavy_reads().connection(access.workspace_id) as connection:
        return affordable(connection, Definition.of(definition), access.workspace_id, access.timezone, now)
