"""Health checks for supervisors and load balancers: liveness (`/healthz`) and readiness (`/readyz`)."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app
from marshmallow import fields

from app.background.timed_value import TimedValue
from app.extensions import component, register
from app.http.openapi_decorator import described
from app.http.response_schema import ResponseSchema, enum_of, respond
from app.observability.readiness import ReadinessAnswer, ReadinessChecks

blueprint = Blueprint("health", __name__)
TTL = 1.0  # seconds; the route is public, and each check takes a database connection


class Alive(ResponseSchema):
    """The process answers."""

    status = enum_of("ok")
    version = fields.String(metadata={"description": "Which Pulse it is."})


class Checks(ResponseSchema):
    """`ok`, or what is wrong."""

    database = fields.String()
    migrations = fields.String()
    writes = fields.String()
    bus = fields.String()
    maintenance = fields.String()


class Readiness(ResponseSchema):
    """Each part, and what is wrong with it; the status is 503 where it is not ready."""

    status = enum_of("ready", "degraded", "not ready")
    checks = fields.Nested(Checks)


class CachedReadiness(TimedValue[tuple[ReadinessAnswer, int]]):
    """The last answer of `/readyz` and its status: requests share one check a second."""


@blueprint.get("/healthz")
@described(answers=Alive)
def healthz() -> Response:
    """The process answers."""
    return respond(Alive, status="ok", version=current_app.config["PULSE_VERSION"])


@blueprint.get("/readyz")
@described(answers=Readiness, or_else=503)
def readyz() -> tuple[Response, int]:
    """Each part, and what is wrong with it. Without Redis the service is ready, but degraded."""
    answer, status = component(CachedReadiness).get()
    return respond(Readiness, answer), status


def init_app(app: Flask) -> None:
    """Serve both, with a cache of this app's readiness."""
    register(app, CachedReadiness(ReadinessChecks(app).run, TTL))
    app.register_blueprint(blueprint)
