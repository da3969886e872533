"""`/api/openapi.json`: the API's description for programs, and `/api/docs`: the same for people."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from app.described import described
from app.openapi import page
from app.openapi.document import document
from app.openapi.problems import every_type

blueprint = Blueprint("openapi", __name__, url_prefix="/api")
NAME = "pulse.openapi"


def init_app(app: Flask, version: str) -> None:
    """Serve the description of this app; it is made when somebody first asks for it."""
    app.extensions[NAME] = cache(lambda: document(app, version))
    app.jinja_env.filters.update(page.FILTERS)
    app.register_blueprint(blueprint)


@blueprint.get("/openapi.json")
@described(
    answers={"application/json": "This document: OpenAPI 3.1."},
    sends={"ETag": "Changes with the description; ask with `If-None-Match`."},
)
def openapi() -> Response:
    """The API's description."""
    response = Response(json.dumps(_document(), ensure_ascii=False), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/docs")
@described(answers={"text/html": "A page for people."})
def docs() -> str:
    """The API's description as a page."""
    told = _document()
    return render_template(
        "api_docs.html",
        about=told["info"],
        schemes=told["components"]["securitySchemes"].values(),
        sections=page.sections(told),
        frames=page.frames_of(told),
        problems=every_type(),
    )


def _document() -> dict[str, Any]:
    return current_app.extensions[NAME]()
