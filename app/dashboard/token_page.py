"""The page of a workspace's API tokens, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from app.auth import tokens
from app.auth.access import require_member
from app.dashboard.admin_page import admin_blueprint, show
from app.dashboard.scope_choices import scope_choices

blueprint = admin_blueprint("token_page")

LIFETIMES = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("never", "Never"))


@blueprint.get("/w/<slug>/tokens")
def tokens_of_workspace(slug: str) -> str:
    """Whose tokens there are and what for; where to make and to revoke one."""
    access = require_member(slug, "admin")
    return show(
        "tokens.html",
        access,
        {"tokens": tokens.tokens_of(access.workspace_id)},
        scopes=scope_choices(access.role),
        lifetimes=LIFETIMES,
    )
