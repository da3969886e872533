"""The page of a workspace's live connections, for its admins. It works over the JSON API, like other clients."""

from __future__ import annotations

from app.auth.access import require_member
from app.dashboard.admin_page import admin_blueprint, show

blueprint = admin_blueprint("connection_page")


@blueprint.get("/w/<slug>/connections")
def connections_of_workspace(slug: str) -> str:
    """Who listens, since when and from where; where to close one stream, or all of them."""
    access = require_member(slug, "admin")
    return show("connections.html", access, {"self": str(access.user_id)})
