"""The page of a workspace's custom metrics, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.auth.access import require_member, require_person
from app.dashboard.routes import sign_in_first
from app.domain.catalogue import CATALOGUE
from app.domain.custom_metric import MOST
from app.errors import AuthRequired
from app.extensions import db
from app.insights.custom import store

blueprint = Blueprint("metric_page", __name__)
blueprint.register_error_handler(AuthRequired, sign_in_first)

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
    person = require_person()
    with db.engine.connect() as connection:
        metrics = store.entries(connection, access.workspace_id)
    return render_template(
        "metrics.html",
        access=access,
        email=person.email,
        aggregates=AGGREGATES,
        windows=WINDOWS,
        operators=OPERATORS,
        types=tuple(CATALOGUE),
        most=MOST,
        page={"workspace": {"slug": access.slug, "timezone": access.timezone}, "metrics": metrics},
    )
