"""The API of a workspace's members, for its admins: list, invite, change the role of, remove."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from app.auth.access import Access
from app.auth.authorization import for_members
from app.errors import AlreadyExists, LastOwner, NotFound, RateLimited, ReauthRequired
from app.http.json_body import read_json
from app.http.openapi_decorator import described
from app.http.paths import WORKSPACE
from app.http.response_schema import respond
from app.workspaces import invitations, members, reset_links
from app.workspaces.invitations import NewInvitation
from app.workspaces.members import NewRole
from app.workspaces.responses import MadeInvitation, MadeResetLink, Member, MemberList

blueprint = Blueprint("members", __name__)
PATH = f"{WORKSPACE}/members"
BODY_LIMIT = 16 * 1024  # bytes


@blueprint.get(PATH)
@described(answers=MemberList)
@for_members("admin")
def list_members(access: Access) -> Response:
    """Everybody who belongs to the workspace, in order of e-mail address."""
    return respond(MemberList, data=members.members_of(access.workspace_id))


@blueprint.post(PATH)
@described(
    answers=MadeInvitation,
    status=202,
    body=NewInvitation,
    refuses=(AlreadyExists, RateLimited, ReauthRequired),
)
@for_members("admin")
def add_member(access: Access) -> tuple[Response, int]:
    """Invite an address: nobody becomes a member without having said yes. Only owners invite owners.

    The same as `POST …/invitations`, and the same whether or not the address has an account here.
    """
    return respond(MadeInvitation, data=invitations.create(access, read_json(BODY_LIMIT))), 202


@blueprint.patch(f"{PATH}/<uuid:user_id>")
@described(answers=Member, body=NewRole, refuses=(LastOwner, ReauthRequired))
@for_members("admin")
def change_role(access: Access, user_id: UUID) -> Response:
    """Give a member another role; only owners make and unmake owners."""
    return respond(Member, members.change_role(access, user_id, read_json(BODY_LIMIT)))


@blueprint.delete(f"{PATH}/me")
@described(refuses=(LastOwner,))
@for_members(in_person=True)
def leave(access: Access) -> tuple[str, int]:
    """Leave the workspace, whatever one's role; the last owner cannot. One's tokens for it end too."""
    members.leave(access.workspace_id, access.user_id)
    return "", 204


@blueprint.post(f"{PATH}/<uuid:user_id>/reset-link")
@described(answers=MadeResetLink, status=201, refuses=(NotFound, RateLimited, ReauthRequired))
@for_members("owner", in_person=True)
def make_reset_link(access: Access, user_id: UUID) -> tuple[Response, int]:
    """Make a link of an hour by which a member sets a new password, where this server sends no mail.

    Refused for who belongs to a workspace that the asker does not own as well, and to tokens.
    """
    return respond(MadeResetLink, data=reset_links.make_for_member(access, user_id)), 201


@blueprint.delete(f"{PATH}/<uuid:user_id>")
@described(refuses=(LastOwner,))
@for_members("admin")
def remove_member(access: Access, user_id: UUID) -> tuple[str, int]:
    """Take a member out: their tokens end, and their streams within a second."""
    members.remove_member(access.workspace_id, user_id, by=access.role)
    return "", 204
