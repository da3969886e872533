"""The page of a workspace's members, for its admins. It works over the JSON API, like any other client."""

from __future__ import annotations

from app.auth.access import require_member
from app.dashboard.admin_page import admin_blueprint, show
from app.domain.roles import ROLES, governs
from app.http.public_links import sends_mail
from app.workspaces.invitations import invitations_of
from app.workspaces.members import members_of

blueprint = admin_blueprint("member_page")

MEANINGS = {
    "owner": "Everything, also who owns the workspace; reads the audit log.",
    "admin": "Runs it: members, tokens, custom metrics, settings, connections.",
    "member": "Sends events, and sees the dashboard.",
    "viewer": "Only sees the dashboard.",
}


@blueprint.get("/w/<slug>/members")
def members_of_workspace(slug: str) -> str:
    """Who belongs to it and as what; where to add, to change and to remove somebody."""
    access = require_member(slug, "admin")
    mine = [role for role in ROLES if governs(access.role, role)]
    return show(
        "members.html",
        access,
        {
            "members": members_of(access.workspace_id),
            "invitations": invitations_of(access.workspace_id),
            "self": str(access.user_id),
            "roles": mine,
            "sendsMail": sends_mail(),
        },
        roles=mine,
        meanings=MEANINGS,
    )
