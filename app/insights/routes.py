"""Reading insights: which metrics there are."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.auth.access import Access
from app.auth.doors import for_members
from app.described import described
from app.domain.scopes import READ
from app.insights.answers import MetricList
from app.insights.custom import described as custom
from app.insights.described import described as in_words
from app.insights.metrics import METRICS

blueprint = Blueprint("insights", __name__)
ANALYTICS = "/api/workspaces/<workspace>/analytics"


@blueprint.get(f"{ANALYTICS}/metrics")
@described(answers=MetricList)
@for_members(scope=READ)
def list_metrics(access: Access) -> Response:
    """Every metric: what it means, its unit and its window, and what stands for it over time."""
    own = custom.described(access.workspace_id).values()
    return jsonify(data=[*map(in_words, METRICS.values()), *own])
