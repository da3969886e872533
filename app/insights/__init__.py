"""Metrics of a workspace: computed on each tick and on demand, kept as history, explained."""

from __future__ import annotations

from flask import Flask

from app.insights.activity import routes as activity_routes
from app.insights.breakdown import routes as breakdown_routes
from app.insights.changes import routes as changes_routes
from app.insights.custom import routes as custom_metric_routes
from app.insights.explain import routes as explain_routes
from app.insights.forecast import routes as forecast_routes
from app.insights.history import routes as history_routes
from app.insights.metrics import routes as metric_routes
from app.insights.presence import routes as presence_routes
from app.insights.trends import routes as trend_routes


def init_app(app: Flask) -> None:
    """Add the routes of metrics, their history, and what explains them."""
    for module in (
        metric_routes,
        history_routes,
        trend_routes,
        activity_routes,
        forecast_routes,
        breakdown_routes,
        changes_routes,
        explain_routes,
        presence_routes,
        custom_metric_routes,
    ):
        app.register_blueprint(module.blueprint)
