"""Is the process alive, and is it ready: what supervisors and load balancers ask."""

from __future__ import annotations

from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text

from app.errors import DATABASE_AWAY
from app.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """PostgreSQL answers and is migrated; without Redis the service is ready, but degraded."""
    checks = {"database": _database(), "redis": _redis()}
    ready = checks["database"] == "ok"
    status = (
        "ready" if all(state == "ok" for state in checks.values()) else "degraded" if ready else "not ready"
    )
    return jsonify(status=status, checks=checks), 200 if ready else 503


def _database() -> str:
    wanted = ScriptDirectory(current_app.extensions["migrate"].directory).get_current_head()
    try:
        with db.engine.connect() as connection:
            if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
                return "not migrated: run `flask --app wsgi db upgrade`"
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DATABASE_AWAY:
        return "not answering"
    return "ok" if found == wanted else f"at migration {found}, this version needs {wanted}"


def _redis() -> str:
    answers = current_app.extensions["pulse"].link.pipeline(lambda pipe: pipe.ping())
    return "ok" if answers else "not answering"
