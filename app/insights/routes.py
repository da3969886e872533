"""Reading insights: which metrics there are."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.auth.access import require_member
from app.domain.scopes import READ
from app.insights.custom import described as custom
from app.insights.described import described
from app.insights.metrics import METRICS

blueprint = Blueprint("insights", __name__)
ANALYTICS = "/api/workspaces/<workspace>/analytics"


@blueprint.get(f"{ANALYTICS}/metrics")
def list_metrics(workspace: str) -> Response:
    """Every metric: what it means, its unit and its window, and what stands for it over time."""
    access = require_member(workspace, scope=READ)
    own = custom.described(access.workspace_id).values()
    return jsonify(data=[*map(described, METRICS.values()), *own])
