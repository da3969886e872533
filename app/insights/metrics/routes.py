"""`GET …/analytics/metrics`: the metrics of a workspace."""

from __future__ import annotations

from flask import Blueprint, Response

from app.auth.access import Access
from app.auth.authorization import for_members
from app.domain.scopes import READ
from app.http.openapi_decorator import described
from app.http.paths import ANALYTICS
from app.http.response_schema import respond
from app.insights.custom.metric_docs import custom_metric_docs
from app.insights.metrics.metric_docs import metric_doc
from app.insights.metrics.registry import METRICS
from app.insights.metrics.responses import MetricList

blueprint = Blueprint("insights", __name__)


@blueprint.get(f"{ANALYTICS}/metrics")
@described(answers=MetricList)
@for_members(scope=READ)
def list_metrics(access: Access) -> Response:
    """Every metric: what it means, its unit and its window, and what stands for it over time."""
    own = custom_metric_docs(access.workspace_id).values()
    return respond(MetricList, data=[*map(metric_doc, METRICS.values()), *own])
