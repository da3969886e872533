"""Is the process alive, and is it ready: what supervisors and load balancers ask."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, jsonify
from marshmallow import fields

from app.answer import Answer, one_of
from app.described import described
from app.errors import DATABASE_AWAY
from app.extensions import db
from app.probes.database import faults, read_state
from app.probes.revision import SchemaRevision, read_revision
from app.redis_state import ask_redis
from app.timed_value import TimedValue

blueprint = Blueprint("health", __name__)
NAME = "pulse.readiness"
CHECKED_FOR = 1.0  # seconds; anybody may ask, and each check takes a database connection

OK = "ok"
UNKNOWN = "not known while the database is away"


class Alive(Answer):
    """The process answers."""

    status = one_of("ok")


class Checks(Answer):
    """`ok`, or what is wrong."""

    database = fields.String()
    migrations = fields.String()
    bus = fields.String()
    maintenance = fields.String()


class Readiness(Answer):
    """Each part, and what is wrong with it; the status is 503 where it is not ready."""

    status = one_of("ready", "degraded", "not ready")
    checks = fields.Nested(Checks)


@blueprint.get("/healthz")
@described(answers=Alive)
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@described(answers=Readiness, or_else=503)
def readyz() -> tuple[Response, int]:
    """Each part, and what is wrong with it. Without Redis the service is ready, but degraded."""
    readiness: TimedValue[tuple[dict[str, object], int]] = current_app.extensions[NAME]
    answer, status = readiness.get()
    return jsonify(answer), status


def _check() -> tuple[dict[str, object], int]:
    database, revision = _database()
    checks = {
        "database": database,
        "migrations": _migrations(revision),
        "bus": _bus(),
        "maintenance": _maintenance(),
    }
    ready = database == checks["maintenance"] == OK and revision is not None and revision.is_usable
    status = ("ready" if checks["bus"] == OK else "degraded") if ready else "not ready"
    return {"status": status, "checks": checks}, 200 if ready else 503


def _database() -> tuple[str, SchemaRevision | None]:
    try:
        with db.engine.connect() as connection:
            wrong = "; ".join(f"{found.words}: {found.remedy}" for found in faults(read_state(connection)))
            return wrong or OK, read_revision(connection, current_app.extensions["migrate"].directory)
    except DATABASE_AWAY:
        return "PostgreSQL is not answering", None


def _migrations(revision: SchemaRevision | None) -> str:
    if revision is None:
        return UNKNOWN
    return OK if revision.found == revision.head else revision.words


def _maintenance() -> str:
    reason = current_app.extensions["pulse"].maintenance.reason
    return OK if reason is None else f"on: {reason}" if reason else "on"


def _bus() -> str:
    worker = current_app.extensions["pulse"]
    state = ask_redis(worker.link)
    if not state.answers:
        return "Redis is not answering: PostgreSQL is polled"
    if not state.can_publish:
        return f"Redis refuses news, so PostgreSQL is polled: {'; '.join(state.refuses)}"
    if state.refuses:
        return f"Redis refuses, so each worker limits by its own streams alone: {'; '.join(state.refuses)}"
    return "silent, though Redis answers: PostgreSQL is polled" if worker.hub.degraded else OK


def init_app(app: Flask) -> None:
    """Serve both, with a cache of this app's readiness."""
    app.extensions[NAME] = TimedValue(_check, CHECKED_FOR)
    app.register_blueprint(blueprint)
