"""The pages of a workspace's members and invitations, for its admins. They work without JavaScript."""

from __future__ import annotations

import contextlib
from typing import NamedTuple
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.auth.access import Access
from app.dashboard.admin_page import (
    admin_blueprint,
    admin_page,
    confirmation,
    notice_text,
    redirect_to,
    require_admin,
)
from app.dashboard.forms import PageForm
from app.domain.roles import ROLES, is_at_least, may_assign
from app.errors import NotFound
from app.http.public_links import sends_mail
from app.postgres.statements import AnyRow
from app.workspaces import invitations, members, reset_links

blueprint = admin_blueprint("member_page")

LIST = "member_page.members_of_workspace"
PATH = "/w/<slug>/members"
MEANINGS = {
    "owner": "Full access: also manages owners and reads the audit log.",
    "admin": "Manages members, tokens, custom metrics, settings and connections.",
    "member": "Sends events and views the dashboard.",
    "viewer": "Only views the dashboard.",
}
NOTICES = {
    "removed": "The member is removed.",
    "revoked": "The invitation is revoked.",
    "gone": "It was removed already.",
}
OTHERS_END = (
    "Their tokens for this workspace end at once, and their streams within a second. Their events stay."
)
OWN_END = (
    "Your tokens for it end at once, and your streams within a second. Only another admin can add you again."
)


class OneTimeLink(NamedTuple):
    """A new one-time link, and the text beside it."""

    title: str
    words: str
    url: str


@blueprint.get(PATH)
def members_of_workspace(slug: str) -> str:
    """The members, their roles, and the open invitations."""
    return _list(require_admin(slug))


@blueprint.get(f"{PATH}/invite")
def invite_page(slug: str) -> Response:
    """The form that invites an address."""
    return _invite_form(require_admin(slug), PageForm("email", "role", values={"role": ["member"]}))


@blueprint.post(f"{PATH}/invite")
def invite(slug: str) -> Response | tuple[str, int]:
    """Invite an address; only this response contains the link."""
    access = require_admin(slug)
    form = PageForm.submitted("email", "role")
    with form:
        form.confirm_password()
        return _list(access, _invited(invitations.create(access, form.json("email", "role")))), 201
    return _invite_form(access, form)


@blueprint.get(f"{PATH}/invitations/<uuid:invitation_id>/revoke")
def revocation_page(slug: str, invitation_id: UUID) -> Response:
    """The confirmation page for revoking an invitation."""
    access = require_admin(slug)
    return _revocation(access, invitation_id, PageForm())


@blueprint.post(f"{PATH}/invitations/<uuid:invitation_id>/revoke")
def revoke_invitation(slug: str, invitation_id: UUID) -> Response:
    """End an open invitation. Idempotent: one that is over is no error."""
    access = require_admin(slug)
    form = PageForm.submitted()
    with form:
        with contextlib.suppress(NotFound):
            invitations.revoke(access, invitation_id)
        return redirect_to(LIST, access, "revoked")
    return _revocation(access, invitation_id, form)


@blueprint.get(f"{PATH}/<uuid:user_id>/role")
def role_page(slug: str, user_id: UUID) -> Response:
    """The form for another role; the list has it in each row."""
    access = require_admin(slug)
    member = members.member(access.workspace_id, user_id)
    return _role_form(access, member, PageForm("role", values={"role": [member.role]}))


@blueprint.post(f"{PATH}/<uuid:user_id>/role")
def change_role(slug: str, user_id: UUID) -> Response:
    """Give a member another role, and confirm it on the list; redirects those who lost access to the dashboard."""
    access = require_admin(slug)
    form = PageForm.submitted("role")
    with form:
        form.confirm_password()
        changed = members.change_role(access, user_id, form.json("role"))
        if user_id == access.user_id and not is_at_least(changed.role, "admin"):
            return redirect(url_for("dashboard.workspace", slug=access.slug), 303)
        return redirect_to(LIST, access, "role", member=str(user_id))
    return _role_form(access, members.member(access.workspace_id, user_id), form)


@blueprint.get(f"{PATH}/<uuid:user_id>/remove")
def removal_page(slug: str, user_id: UUID) -> Response:
    """The confirmation page for removing a member."""
    return _removal(require_admin(slug), user_id, PageForm())


@blueprint.post(f"{PATH}/<uuid:user_id>/remove")
def remove_member(slug: str, user_id: UUID) -> Response:
    """Remove a member. Idempotent: one who has left is no error."""
    access = require_admin(slug)
    form = PageForm.submitted()
    with form:
        with contextlib.suppress(NotFound):
            members.remove_member(access.workspace_id, user_id, by=access.role)
        if user_id == access.user_id:
            return redirect(url_for("dashboard.home"), 303)
        return redirect_to(LIST, access, "removed")
    return _removal(access, user_id, form)


@blueprint.get(f"{PATH}/<uuid:user_id>/reset-link")
def reset_link_page(slug: str, user_id: UUID) -> Response:
    """The confirmation page for a password reset link."""
    access = require_admin(slug, "owner")
    form = PageForm()
    form.ask_password_unless_recent(access)
    return _reset_link(access, user_id, form)


@blueprint.post(f"{PATH}/<uuid:user_id>/reset-link")
def make_reset_link(slug: str, user_id: UUID) -> Response | tuple[str, int]:
    """Make a password reset link for a member; only this response contains it."""
    access = require_admin(slug, "owner")
    form = PageForm.submitted()
    with form:
        form.confirm_password()
        url = reset_links.make_for_member(access, user_id).url
        member = members.member(access.workspace_id, user_id)
        words = (
            f"Send this link to {member.name} ({member.email}) only: anyone who opens it can set their password. "
            "It works once, within an hour, and is not shown again."
        )
        return _list(access, OneTimeLink(f"A new password for {member.name}", words, url)), 201
    return _reset_link(access, user_id, form)


def _list(access: Access, link: OneTimeLink | None = None) -> str:
    everybody = members.members_of(access.workspace_id)
    changed = request.args.get("member") if request.args.get("done") == "role" else None
    notices = [f"{one.name} is {one.role} now." for one in everybody if str(one.user_id) == changed]
    return admin_page(
        "members.html",
        access,
        members=everybody,
        invitations=invitations.invitations_of(access.workspace_id),
        link=link,
        reader_id=access.user_id,
        roles=_own_roles(access),
        hands_links_over=access.allows("owner") and not sends_mail(),
        meanings=MEANINGS,
        notice=notice_text(NOTICES) or " ".join(notices),
    )


def _invite_form(access: Access, form: PageForm) -> Response:
    roles = [(role, f"{role.capitalize()}: {MEANINGS[role]}") for role in _own_roles(access)]
    return form.response(admin_page("members/invite.html", access, form=form, roles=roles))


def _role_form(access: Access, member: AnyRow, form: PageForm) -> Response:
    roles = [(role, role.capitalize()) for role in _own_roles(access)]
    return form.response(admin_page("members/role.html", access, form=form, member=member, roles=roles))


def _removal(access: Access, user_id: UUID, form: PageForm) -> Response:
    member = members.member(access.workspace_id, user_id)
    is_self = user_id == access.user_id
    return confirmation(
        access,
        form,
        title="Leave this workspace?" if is_self else f"Remove {member.name}?",
        subject=member.email,
        words=OWN_END if is_self else OTHERS_END,
        yes="Remove",
        no="Keep",
        back=url_for(LIST, slug=access.slug),
    )


def _reset_link(access: Access, user_id: UUID, form: PageForm) -> Response:
    member = members.member(access.workspace_id, user_id)
    return confirmation(
        access,
        form,
        title=f"Make {member.name} a link for a new password?",
        subject=member.email,
        words="Anyone who opens it can set a new password for them, once, within an hour.",
        yes="Make the link",
        no="Cancel",
        back=url_for(LIST, slug=access.slug),
    )


def _revocation(access: Access, invitation_id: UUID, form: PageForm) -> Response:
    for entry in invitations.invitations_of(access.workspace_id):
        if entry.id == invitation_id:
            return confirmation(
                access,
                form,
                title="Revoke this invitation?",
                subject=entry.email,
                words="Its link stops working.",
                yes="Revoke",
                no="Keep it",
                back=url_for(LIST, slug=access.slug),
            )
    return redirect_to(LIST, access, "gone")


def _invited(made: invitations.InvitationLink) -> OneTimeLink:
    email = made.email
    mailed = f"Send this link to {email}. It"
    if sends_mail():
        mailed = f"A mail is on its way to {email}. You may also hand this link over yourself: it"
    words = (
        f"{mailed} works once, within seven days; they become a member when they accept. "
        "It is not shown again."
    )
    return OneTimeLink(f"{email} is invited as {made.role}", words, made.url)


def _own_roles(access: Access) -> list[str]:
    """The roles that this user may assign and remove."""
    return [role for role in ROLES if may_assign(access.role, role)]
