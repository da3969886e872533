"""The JSON API of custom metrics: readable with the scope of figures, changed by admins."""

from __future__ import annotations

from flask import Blueprint, Response

from app.auth import heavy_reads
from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.scopes import ADMIN, READ
from app.errors import AlreadyExists, TooCostly, TooManyMetrics
from app.extensions import db
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.insights.custom import editing, preview, schema, store
from app.insights.custom.responses import (
    CustomMetricList,
    CustomMetricPreview,
    MadeCustomMetric,
    OneCustomMetric,
)

blueprint = Blueprint("custom_metrics", __name__)
PATH = f"{ANALYTICS}/custom-metrics"
BODY_LIMIT = 64 * 1024  # bytes


@blueprint.get(PATH)
@described(answers=CustomMetricList)
@for_members(scope=READ)
def list_metrics(access: Access) -> Response:
    """All of the workspace's, by name."""
    with db.engine.connect() as connection:
        return respond(CustomMetricList, data=store.entries(connection, access.workspace_id))


@blueprint.get(f"{PATH}/<name>")
@described(answers=OneCustomMetric)
@for_members(scope=READ)
def show_metric(access: Access, name: str) -> Response:
    """One of them, and how far it has been counted backwards."""
    with db.engine.connect() as connection:
        return respond(OneCustomMetric, data=store.entry(connection, access.workspace_id, name))


@blueprint.post(PATH)
@described(
    answers=MadeCustomMetric,
    status=201,
    body=schema.MetricSchema,
    refuses=(AlreadyExists, TooCostly, TooManyMetrics, *heavy_reads.REFUSES),
)
@for_members("admin", scope=ADMIN)
def make_metric(access: Access) -> tuple[Response, int]:
    """Create one; with its current value. It is counted backwards over the kept events from now on."""
    return respond(MadeCustomMetric, data=editing.create_metric(access, read_json(BODY_LIMIT))), 201


@blueprint.post(f"{PATH}/preview")
@described(answers=CustomMetricPreview, body=schema.PreviewSchema, refuses=(TooCostly, *heavy_reads.REFUSES))
@for_members("admin", scope=ADMIN)
def preview_metric(access: Access) -> Response:
    """What one would say now and over a day, what it costs, and what it names that was never seen."""
    found = preview.preview_metric(access, read_json(BODY_LIMIT))
    data = {
        "meaning": found.definition.words,
        "value": found.value,
        "points": found.points,
        "cost": found.cost,
        "unseen": {"types": found.unseen.types, "fields_": found.unseen.fields},
    }
    meta = {"timestamp": found.now, "step": "15m", "timezone": access.timezone}
    return respond(CustomMetricPreview, data=data, meta=meta)


@blueprint.patch(f"{PATH}/<name>")
@described(
    answers=OneCustomMetric, body=schema.ChangeSchema(partial=True), refuses=(TooCostly, *heavy_reads.REFUSES)
)
@for_members("admin", scope=ADMIN)
def change_metric(access: Access, name: str) -> Response:
    """Change, pause or resume one; a new definition is checked for its cost, and counted backwards, again."""
    return respond(OneCustomMetric, data=editing.change_metric(access, name, read_json(BODY_LIMIT)))


@blueprint.delete(f"{PATH}/<name>")
@described()
@for_members("admin", scope=ADMIN)
def remove_metric(access: Access, name: str) -> tuple[str, int]:
    """Delete one; its recorded history stays."""
    editing.delete_metric(access, name)
    return "", 204
