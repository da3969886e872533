"""The confirmation page for leaving a workspace. It needs no JavaScript."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.auth.access import Access, require_member, require_person
from app.dashboard.dashboard_page import sign_in_first
from app.errors import AuthRequired, LastOwner
from app.workspaces import members

blueprint = Blueprint("leave", __name__, url_prefix="/w/<slug>/leave")
blueprint.register_error_handler(AuthRequired, sign_in_first)


@blueprint.get("")
def confirm(slug: str) -> str:
    """What leaving ends, and the button."""
    return _page(_own_access(slug))


@blueprint.post("")
def leave(slug: str) -> Response | tuple[str, int]:
    """Leave, and redirect to the account page."""
    access = _own_access(slug)
    try:
        members.leave(access.workspace_id, access.user_id)
    except LastOwner as error:
        return _page(access, error.detail), 409
    return redirect(url_for("account.show", done="left"), 303)


def _own_access(slug: str) -> Access:
    access = require_member(slug)
    require_person()  # pages take sessions only; a token uses the API
    return access


def _page(access: Access, fault: str = "") -> str:
    return render_template("leave.html", access=access, fault=fault)
