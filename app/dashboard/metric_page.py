"""The page of a workspace's custom metrics, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from app.auth.access import require_member
from app.dashboard.admin_page import admin_blueprint, show
from app.domain.catalogue import CATALOGUE
from app.domain.custom_metric import MOST
from app.extensions import db
from app.insights.custom import store

blueprint = admin_blueprint("metric_page")

AGGREGATES = (
    ("count", "Number of events"),
    ("countDistinct", "Number of different values"),
    ("sum", "Sum"),
    ("avg", "Average"),
    ("min", "Lowest"),
    ("max", "Highest"),
    ("p95", "95th percentile"),
)
WINDOWS = (("5m", "5 min"), ("1h", "1 hour"), ("today", "Today"), ("24h", "24 hours"), ("7d", "7 days"))
OPERATORS = (
    ("eq", "is"),
    ("ne", "is not"),
    ("lt", "is below"),
    ("lte", "is at most"),
    ("gt", "is above"),
    ("gte", "is at least"),
    ("in", "is one of"),
    ("exists", "is there"),
    ("absent", "is not there"),
)


@blueprint.get("/w/<slug>/metrics")
def metrics_of_workspace(slug: str) -> str:
    """Which metrics there are and what they come to; where to make, change, pause and remove one."""
    access = require_member(slug, "admin")
    with db.engine.connect() as connection:
        metrics = store.entries(connection, access.workspace_id)
    return show(
        "metrics.html",
        access,
        {"metrics": metrics},
        aggregates=AGGREGATES,
        windows=WINDOWS,
        operators=OPERATORS,
        types=tuple(CATALOGUE),
        most=MOST,
    )
