"""The API of a workspace's members, for its admins: list, add, change the role of, remove."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint
from marshmallow import fields, validate

from app.auth.access import Access
from app.auth.doors import for_members
from app.described import described
from app.domain.roles import ROLES
from app.errors import AlreadyExists, InvalidInput, LastOwner
from app.json_body import read_json
from app.workspaces import members
from app.workspaces.answers import Member, MemberList
from app.workspaces.schema import Body, Email, read
from app.workspaces.users import find_user

blueprint = Blueprint("members", __name__)
PATH = "/api/workspaces/<workspace>/members"
BODY_LIMIT = 16 * 1024  # bytes
OF_ROLE = validate.OneOf(ROLES, error=f"Must be one of: {', '.join(ROLES)}.")


class NewMember(Body):
    """Somebody of this installation who is to belong to the workspace."""

    email = Email(required=True)
    role = fields.String(load_default="member", validate=OF_ROLE)


class NewRole(Body):
    """Another role for a member."""

    role = fields.String(required=True, validate=OF_ROLE)


@blueprint.get(PATH)
@described(answers=MemberList)
@for_members("admin")
def list_members(access: Access) -> dict[str, Any]:
    """Everybody who belongs to the workspace, in order of e-mail address."""
    return {"data": members.members_of(access.workspace_id)}


@blueprint.post(PATH)
@described(answers=Member, status=201, body=NewMember, refuses=(AlreadyExists,))
@for_members("admin")
def add_member(access: Access) -> tuple[dict[str, Any], int]:
    """Give somebody who can sign in already a role in the workspace; only owners make owners."""
    wanted = read(NewMember, read_json(BODY_LIMIT))
    user = find_user(wanted["email"])
    if user is None:
        raise InvalidInput(
            errors={
                "email": ["Nobody here has this address: “flask user create” on the server makes a user."]
            }
        )
    members.add_member(access.workspace_id, user.id, wanted["role"], by=access.role)
    return members.member(access.workspace_id, user.id), 201


@blueprint.patch(f"{PATH}/<uuid:user_id>")
@described(answers=Member, body=NewRole, refuses=(LastOwner,))
@for_members("admin")
def change_role(access: Access, user_id: UUID) -> dict[str, Any]:
    """Give a member another role; only owners make and unmake owners."""
    wanted = read(NewRole, read_json(BODY_LIMIT))
    members.set_role(access.workspace_id, user_id, wanted["role"], by=access.role)
    return members.member(access.workspace_id, user_id)


@blueprint.delete(f"{PATH}/<uuid:user_id>")
@described(refuses=(LastOwner,))
@for_members("admin")
def remove_member(access: Access, user_id: UUID) -> tuple[str, int]:
    """Take a member out: their tokens end, and their streams within a second."""
    members.remove_member(access.workspace_id, user_id, by=access.role)
    return "", 204
