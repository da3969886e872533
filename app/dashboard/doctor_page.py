"""The doctor page: diagnoses proxies between a browser and the server, and names the remedies."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import require_member, require_person
from app.auth.memberships import workspaces_of
from app.dashboard.dashboard_page import sign_in_first
from app.errors import AuthRequired
from app.extensions import component
from app.live.state import Live

blueprint = Blueprint("doctor", __name__)
blueprint.register_error_handler(AuthRequired, sign_in_first)


@blueprint.get("/doctor")
def show() -> Response | str:
    """The page for a member of `?workspace=`, or of the user's first workspace."""
    person = require_person()
    slug = request.args.get("workspace") or next((own.slug for own in workspaces_of(person.id)), None)
    if slug is None:
        return redirect(url_for("dashboard.home"), 303)
    access = require_member(slug)
    return render_template(
        "doctor.html",
        access=access,
        email=person.email,
        page={
            "workspace": {"slug": access.slug},
            "seenAs": request.host_url.rstrip("/"),
            "heartbeat": component(Live).settings.heartbeat_interval,
        },
    )
