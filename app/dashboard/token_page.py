"""The page of a workspace's API tokens, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.auth import tokens
from app.auth.access import require_member, require_person
from app.dashboard.routes import sign_in_first
from app.dashboard.scope_choices import scope_choices
from app.errors import AuthRequired

blueprint = Blueprint("token_page", __name__)
blueprint.register_error_handler(AuthRequired, sign_in_first)

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("never", "Never"))


@blueprint.get("/w/<slug>/tokens")
def tokens_of_workspace(slug: str) -> str:
    """Whose tokens there are and what for; where to make and to revoke one."""
    access = require_member(slug, "admin")
    person = require_person()
    workspace = {"slug": access.slug, "timezone": access.timezone}
    return render_template(
        "tokens.html",
        access=access,
        email=person.email,
        scopes=scope_choices(access.role),
        lifetimes=LIFETIMES,
        page={"workspace": workspace, "tokens": tokens.tokens_of(access.workspace_id)},
    )
