"""The API of a workspace's invitations, for its admins: invite, list, revoke."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from app.auth.access import Access
from app.auth.authorization import for_members
from app.errors import AlreadyExists, RateLimited, ReauthRequired
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.response_schema import respond
from app.workspaces import invitations
from app.workspaces.invitations import NewInvitation
from app.workspaces.responses import InvitationList, MadeInvitation

blueprint = Blueprint("invitations", __name__)
PATH = f"{WORKSPACE}/invitations"
BODY_LIMIT = 16 * 1024  # bytes


@blueprint.post(PATH)
@described(
    answers=MadeInvitation,
    status=201,
    body=NewInvitation,
    refuses=(AlreadyExists, RateLimited, ReauthRequired),
)
@for_members("admin")
def invite(access: Access) -> tuple[Response, int]:
    """Invite an address for seven days; this answer is the only one that holds the link.

    It is the same whether or not the address has an account here. Another invitation to it takes this one's place.
    """
    return respond(MadeInvitation, data=invitations.create(access, read_json(BODY_LIMIT))), 201


@blueprint.get(PATH)
@described(answers=InvitationList)
@for_members("admin")
def list_invitations(access: Access) -> Response:
    """The open invitations, in order of e-mail address, without their links."""
    return respond(InvitationList, data=invitations.invitations_of(access.workspace_id))


@blueprint.delete(f"{PATH}/<uuid:invitation_id>")
@described()
@for_members("admin")
def revoke_invitation(access: Access, invitation_id: UUID) -> tuple[str, int]:
    """End an open invitation: its link stops working."""
    invitations.revoke(access, invitation_id)
    return "", 204
