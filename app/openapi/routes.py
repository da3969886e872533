"""`/api/openapi.json`: the API's description for programs, and `/api/docs`: the same for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Flask, Response

from app.extensions import component, register
from app.http.openapi_decorator import described
from app.openapi import page
from app.openapi.document import document
from app.openapi.prepared import PreparedResponse
from app.openapi.problems import every_type

blueprint = Blueprint("openapi", __name__, url_prefix="/api")


@dataclass(frozen=True)
class ApiDescription:
    """The description of an app as JSON and as a page, each rendered once, at its first request."""

    app: Flask
    version: str

    @cached_property
    def document(self) -> dict[str, Any]:
        """OpenAPI, as Python values."""
        return document(self.app, self.version)

    @cached_property
    def for_programs(self) -> PreparedResponse:
        """As JSON."""
        return PreparedResponse(lambda: json.dumps(self.document, ensure_ascii=False), "application/json")

    @cached_property
    def for_people(self) -> PreparedResponse:
        """As a page."""
        return PreparedResponse(self._page, "text/html")

    def _page(self) -> str:
        # Not render_template: its context brings the signed-in user, and this page is public.
        return self.app.jinja_env.get_template("api_docs.html").render(
            about=self.document["info"],
            schemes=self.document["components"]["securitySchemes"].values(),
            sections=page.sections(self.document),
            frames=page.frames_of(self.document),
            problems=every_type(),
        )


def init_app(app: Flask) -> None:
    """Serve the description of this app."""
    register(app, ApiDescription(app, app.config["PULSE_VERSION"]))
    app.jinja_env.filters.update(page.FILTERS)
    app.register_blueprint(blueprint)


@blueprint.get("/openapi.json")
@described(
    answers={"application/json": "This document: OpenAPI 3.1."},
    sends={"ETag": "Changes with the description; ask with `If-None-Match`."},
)
def openapi() -> Response:
    """The API's description."""
    return _description().for_programs.response()


@blueprint.get("/docs")
@described(
    answers={"text/html": "A page for people."},
    sends={"ETag": "Changes with the page; ask with `If-None-Match`."},
)
def docs() -> Response:
    """The API's description as a page."""
    return _description().for_people.response()


def _description() -> ApiDescription:
    return component(ApiDescription)
