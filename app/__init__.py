"""Pulse: real-time workspace analytics over Server-Sent Events."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from app import (
    annotation,
    auth,
    cli,
    dashboard,
    events,
    http,
    ingest,
    insights,
    live,
    logs,
    models,  # noqa: F401  # so that migrations see every table
    observability,
    openapi,
    postgres,
    worker,
    workspaces,
)
from app.http.fast_routes import Pulse
from app.settings.config import Settings
from app.settings.names import unknown_names

log = logging.getLogger(__name__)

__version__ = "0.1.0"

ROOT = Path(__file__).resolve().parent.parent
# Hooks of requests run in this order.
ROOMS = (logs, postgres, http, worker, auth, observability)
FEATURES = (ingest, events, live, insights, annotation, workspaces, dashboard, openapi, cli)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application; `settings` default to those of the environment. Connects to nothing."""
    environ = {} if settings else os.environ
    settings = settings or Settings.from_environ(os.environ)
    app = Pulse(__name__, static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.config.from_mapping(
        PULSE=settings,
        PULSE_MIGRATIONS=str(ROOT / "migrations"),
        PULSE_VERSION=__version__,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.secret_key_fallbacks,
    )
    for room in (*ROOMS, *FEATURES):
        room.init_app(app)
    app.config["PULSE_UNKNOWN"] = _unknown_names(environ)
    return app


def _unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    unknown = unknown_names(environ)
    for name, remedy in unknown.items():
        log.warning("%s is no setting: %s", name, remedy)
    return unknown
