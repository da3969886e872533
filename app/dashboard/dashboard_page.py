"""The home page and the live dashboard of a workspace."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth import sessions
from app.auth.access import require_member, require_person
from app.auth.memberships import home_of, workspaces_of
from app.auth.pages import to_login
from app.dashboard.cards import cards_of, figure
from app.dashboard.commands import first_event
from app.dashboard.dashboard_data import dashboard_data
from app.dashboard.first_breakdown import first_breakdown, rows_of
from app.dashboard.first_paint import first_rows, online_text
from app.errors import AuthRequired
from app.events.parameters import sees_data
from app.extensions import component, db
from app.http.compression import CompressiblePage
from app.live.state import Live

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
def home() -> Response | str:
    """Redirect to the workspace that the user has belonged to for longest."""
    slug = home_of(require_person().id)
    if slug is None:
        return render_template(
            "no_workspace.html",
            title="You do not belong to a workspace yet",
            text="Ask an admin of one to invite you, and open the link that comes.",
        )
    return redirect(url_for("dashboard.workspace", slug=slug), 303)


@blueprint.get("/w/<slug>")
def workspace(slug: str) -> Response:
    """The dashboard of a workspace, for its members. It holds no secret, so that it may be compressed."""
    access = require_member(slug)
    person = require_person()
    is_kiosk = request.args.get("kiosk") == "1"
    breakdown = first_breakdown(access, request.args)
    with db.engine.connect() as connection:
        cards = cards_of(connection, access.workspace_id, access.user_id)
    page = dashboard_data(access, component(Live).stats(access.workspace_id, compare=True), breakdown)
    html = render_template(
        "dashboard.html",
        access=access,
        email=person.email,
        workspaces=workspaces_of(person.id),
        may_see_data=sees_data(access),
        may_track=access.allows("member"),
        commands=first_event(request.host_url.rstrip("/"), access.slug, person.email),
        page=page,
        parts=rows_of(breakdown),
        online=online_text(page["presence"]["data"]),
        rows=first_rows(page) if breakdown else [],  # else of other events
        cards=cards,
        figure=figure,
        # A wall screen ends with the session that opened it.
        wall_session=sessions.expires_at(person.token) if is_kiosk else None,
        is_kiosk=is_kiosk,
    )
    return CompressiblePage(html)


@blueprint.errorhandler(AuthRequired)
def sign_in_first(_: AuthRequired) -> Response:
    """Redirect a visitor to the sign-in page, and from there back."""
    return to_login()
