"""Pulse: real-time workspace analytics over Server-Sent Events."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from app import auth, cli, dashboard, events, ingest
from app.extensions import db, migrate
from app.http import (
    body_limits,
    compression,
    problem_responses,
    proxies,
    query_parameters,
    request_log,
    security_headers,
)
from app.http.fast_routes import Pulse
from app.insights.breakdown import routes as breakdown_routes
from app.insights.custom import routes as custom_metric_routes
from app.insights.explain import routes as explain_routes
from app.insights.history import routes as history_routes
from app.insights.metrics import routes as insights_routes
from app.insights.presence import routes as presence_routes
from app.insights.trends import routes as trend_routes
from app.live import routes as live_routes
from app.logs import configuration
from app.observability import health, telemetry_routes
from app.openapi import routes as openapi_routes
from app.postgres import engines
from app.settings.config import Settings
from app.settings.names import unknown_names
from app.worker import process
from app.workspaces import audit_routes, invitation_routes, member_routes, settings_routes, token_routes

log = logging.getLogger(__name__)

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
# Modules with a blueprint of their own; the other parts register theirs.
ROUTES = (
    telemetry_routes,
    live_routes,
    insights_routes,
    history_routes,
    trend_routes,
    breakdown_routes,
    explain_routes,
    presence_routes,
    custom_metric_routes,
    settings_routes,
    member_routes,
    invitation_routes,
    token_routes,
    audit_routes,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; `settings` default to those of the environment. Connects to nothing."""
    environ = {} if settings else os.environ
    settings = settings or Settings.from_environ(os.environ)
    app = Pulse(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    configuration.set_up(settings.log_level, journal=settings.journal)
    app.config.from_mapping(
        PULSE=settings,
        PULSE_UNKNOWN=_unknown_names(environ),
        PULSE_VERSION=__version__,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.secret_key_fallbacks,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engines.engine_options(settings.database_url),
    )
    db.init_app(app)
    engines.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=False)
    from app import models  # noqa: F401

    security_headers.init_app(app)
    compression.init_app(app)
    request_log.init_app(app)
    problem_responses.init_app(app)
    body_limits.init_app(app)
    process.init_app(app)
    auth.init_app(app)
    health.init_app(app)
    query_parameters.init_app(app)
    ingest.init_app(app)
    events.init_app(app)
    for part in ROUTES:
        app.register_blueprint(part.blueprint)
    dashboard.init_app(app)
    openapi_routes.init_app(app, __version__)
    cli.init_app(app)
    proxies.init_app(app)
    return app


def _unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    unknown = unknown_names(environ)
    for name, remedy in unknown.items():
        log.warning("%s is no setting: %s", name, remedy)
    return unknown
