"""The demo data: the workspaces `acme` and `elsewhere`, and their members."""

from __future__ import annotations

import contextlib
from uuid import UUID

from app.auth import passwords
from app.domain.roles import OWNER
from app.errors import AlreadyExists
from app.workspaces.members import add_member, members_of
from app.workspaces.users import create_user, find_user, set_password
from app.workspaces.workspace import create_workspace, find_workspace

# Workspace → its people, the owner first.
CAST = {
    "acme": (
        ("olivia@acme.test", "Olivia", "owner"),
        ("mika@acme.test", "Mika", "member"),
        ("vera@acme.test", "Vera", "viewer"),
        ("noor@acme.test", "Noor", "member"),
        ("sam@acme.test", "Sam", "member"),
        ("ines@acme.test", "Ines", "member"),
    ),
    "elsewhere": (("oscar@elsewhere.test", "Oscar", "owner"),),
}


def ensure_demo(password: str) -> None:
    """Create what is missing, and set this password for all demo users. Changes nothing else.

    Raises AlreadyExists, and changes nothing at all, if one of the workspaces belongs to other people.
    """
    for slug in CAST:
        _check_made_by_demo(slug)
    for slug, people in CAST.items():
        ids = {email: _ensure_user(email, name, password) for email, name, _role in people}
        workspace_id = _ensure_workspace(slug, owner_id=ids[people[0][0]])
        for email, _name, role in people:
            with contextlib.suppress(AlreadyExists):
                add_member(workspace_id, ids[email], role)


def _check_made_by_demo(slug: str) -> None:
    """Refuse a workspace of this name with an owner from outside the demo: demo users would get access to it."""
    workspace = find_workspace(slug)
    if workspace is None:
        return
    people = {email for email, _name, _role in CAST[slug]}
    owners = {member.email for member in members_of(workspace.id) if member.role == OWNER}
    if not owners <= people:
        raise AlreadyExists(
            f"The demo did not make the workspace {slug} of this database; it was left as it is."
        )


def _ensure_user(email: str, name: str, password: str) -> UUID:
    user = find_user(email)
    if user is None:
        return create_user(email, name, password)
    if not passwords.matches(user.password_hash, password):
        set_password(user.id, password)
    user_id: UUID = user.id
    return user_id


def _ensure_workspace(slug: str, owner_id: UUID) -> UUID:
    workspace = find_workspace(slug)
    if workspace is None:
        return create_workspace(slug, slug.capitalize(), "UTC", owner_id)
    workspace_id: UUID = workspace.id
    return workspace_id
