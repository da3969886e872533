"""Invitations: one-time links by which a person becomes a member, and only by accepting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from marshmallow import fields
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import audit_log
from app.auth import link_tokens
from app.auth.access import Access
from app.auth.reauthentication import require_recent
from app.domain.roles import OWNER, may_assign
from app.errors import AlreadyExists, NotFound
from app.extensions import db
from app.http.public_links import link_to, sends_mail
from app.http.validation import load_body
from app.mail import queue
from app.mail.message import MailContent
from app.mail.queue import QueuedMail
from app.models import Invitation, Membership, User, Workspace
from app.redis.rate_limits import fingerprint, rate_limits
from app.workspaces.role_rules import IS_ROLE, check_governs
from app.workspaces.schema import Body, Email

LIFETIME = timedelta(days=7)
ENDED = "This invitation was used, revoked, or is over. Ask for another one."
MAIL = "invitation"
SUBJECT = "You are invited to {workspace} at Pulse"
TEXT = """\
{inviter} invites you to the workspace “{workspace}” at Pulse, as {role}.

Accept here within seven days:

{link}

The link works once. If you do not want to, do nothing: you become a member of nothing without having said yes.
"""


class NewInvitation(Body):
    """The invited address, and the role."""

    email = Email(required=True)
    role = fields.String(load_default="member", validate=IS_ROLE)


class InvitationLink(NamedTuple):
    """A new invitation, with the link that no other answer holds."""

    id: UUID
    email: str
    role: str
    expires_at: datetime
    url: str


class OpenInvitation(NamedTuple):
    """What the page of an invitation's link shows."""

    id: UUID
    workspace_id: UUID
    slug: str
    workspace_name: str
    email: str
    role: str
    inviter: str


def create(access: Access, body: object) -> InvitationLink:
    """Make the invitation that a request's body names, within the rate of mails; only owners invite owners.

    Raises InvalidInput, Forbidden, ReauthRequired (to invite an owner), RateLimited or AlreadyExists.
    """
    wanted = load_body(NewInvitation, body)
    check_governs(access.role, wanted["role"])
    if wanted["role"] == OWNER:
        require_recent(access)
    to = f"to:{access.workspace_id}:{fingerprint(wanted['email'])}"
    rate_limits().mail.charge(own=[to], shared=[f"by:{access.user_id}"])
    return invite(access, wanted["email"], wanted["role"])


def invite(access: Access, email: str, role: str) -> InvitationLink:
    """Store an invitation in place of an earlier one to the same address; its entry with `url`, this once.

    Takes the same steps whether or not the address has an account, so that the inviter learns nothing.
    Raises Forbidden, or AlreadyExists.
    """
    check_governs(access.role, role)
    token = link_tokens.new()
    values = {
        "workspace_id": access.workspace_id,
        "id": uuid4(),
        "email": email,
        "role": role,
        "token_hash": token.key,
        "invited_by": access.user_id,
        "expires_at": func.now() + LIFETIME,
    }
    with db.engine.begin() as connection:
        _refuse_member(connection, access.workspace_id, email)
        connection.execute(
            delete(Invitation).where(_in_workspace(access.workspace_id), _is_over_or_to(email))
        )
        row = connection.execute(insert(Invitation).values(values).returning(*ENTRY_COLUMNS)).one()
        audit_log.record(
            connection, access.workspace_id, "invitation.created", invitation=str(row.id), role=role
        )
        if sends_mail():
            queue.enqueue(connection, MAIL, email, {"invitation": str(row.id)}, access.workspace_id)
    return InvitationLink(*row, link_to(f"/invite/{token.text}"))


def invitations_of(workspace_id: UUID) -> Sequence[Row[UUID, str, str, datetime]]:
    """The open invitations in order of address, without their links: `ENTRY_COLUMNS`."""
    query = select(*ENTRY_COLUMNS).where(_in_workspace(workspace_id), _is_live()).order_by(Invitation.email)
    with db.engine.connect() as connection:
        return connection.execute(query).all()


def revoke(access: Access, invitation_id: UUID) -> None:
    """End an open invitation; raises NotFound, or Forbidden if it makes an owner and the asker is none."""
    is_this = _in_workspace(access.workspace_id) & (Invitation.id == invitation_id)
    with db.engine.begin() as connection:
        role = connection.execute(
            select(Invitation.role).where(is_this, _is_live()).with_for_update()
        ).scalar_one_or_none()
        if role is None:
            raise NotFound
        check_governs(access.role, role)
        connection.execute(delete(Invitation).where(is_this))
        details = {"invitation": str(invitation_id), "role": role}
        audit_log.record(connection, access.workspace_id, "invitation.revoked", **details)


def find(token: str) -> OpenInvitation:
    """The open invitation of this link; raises NotFound."""
    with db.engine.connect() as connection:
        row = connection.execute(_select_open().where(_has_token(token))).one_or_none()
    if row is None:
        raise NotFound(ENDED)
    return OpenInvitation(*row)


def accept(connection: Connection, token: str, user_id: UUID) -> None:
    """Consume the link and make the user a member; a member keeps their role. Does not commit.

    Raises NotFound for a link that has ended.
    """
    used = delete(Invitation).where(_has_token(token), _is_live())
    row = connection.execute(
        used.returning(Invitation.workspace_id, Invitation.id, Invitation.role)
    ).one_or_none()
    if row is None:
        raise NotFound(ENDED)
    values = {"workspace_id": row.workspace_id, "user_id": user_id, "role": row.role}
    joined = insert(Membership).values(values).on_conflict_do_nothing().returning(Membership.role)
    if connection.execute(joined).one_or_none():
        details = {"role": row.role, "invitation": str(row.id)}
        audit_log.record(connection, row.workspace_id, "member.added", user_id, **details)


def delete_invitations_by(
    connection: Connection, user_id: UUID, workspace_id: UUID | None = None, role: str | None = None
) -> None:
    """Delete the invitations that a user may not make any more with this role or, by default, as no member."""
    query = select(Invitation.workspace_id, Invitation.id, Invitation.role)
    query = query.where(Invitation.invited_by == user_id)
    if workspace_id is not None:
        query = query.where(_in_workspace(workspace_id))
    for row in connection.execute(query.with_for_update()).all():
        if role is None or not may_assign(role, row.role):
            is_this = _in_workspace(row.workspace_id) & (Invitation.id == row.id)
            connection.execute(delete(Invitation).where(is_this))
            details = {"invitation": str(row.id), "role": row.role}
            audit_log.record(connection, row.workspace_id, "invitation.revoked", **details)


def mail_composer(origin: str) -> Callable[[Connection, QueuedMail], MailContent | None]:
    """The composer of the mail: its link has a token of its own, made when the mail is sent."""

    def compose(connection: Connection, mail: QueuedMail) -> MailContent | None:
        row = connection.execute(
            _select_open().where(Invitation.id == UUID(mail.data["invitation"]))
        ).one_or_none()
        if row is None:  # accepted, revoked or expired
            return None
        token = link_tokens.new()
        is_this = _in_workspace(row.workspace_id) & (Invitation.id == row.id)
        connection.execute(update(Invitation).where(is_this).values(mail_token_hash=token.key))
        words = {"workspace": row.workspace_name, "inviter": row.inviter, "role": row.role}
        text = TEXT.format(link=f"{origin}/invite/{token.text}", **words)
        return MailContent(SUBJECT.format(**words), text)

    return compose


ENTRY_COLUMNS = (Invitation.id, Invitation.email, Invitation.role, Invitation.expires_at)


def _select_open() -> Select[UUID, UUID, str, str, str, str, str]:
    """SQL: the columns of OpenInvitation, of those that have not expired and whose workspace and inviter exist."""
    return (
        select(
            Invitation.id,
            Invitation.workspace_id,
            Workspace.slug,
            Workspace.name.label("workspace_name"),
            Invitation.email,
            Invitation.role,
            User.name.label("inviter"),
        )
        .join(Workspace, Workspace.id == Invitation.workspace_id)
        .join(User, User.id == Invitation.invited_by)
        .where(_is_live())
    )


def _refuse_member(connection: Connection, workspace_id: UUID, email: str) -> None:
    query = select(Membership.role).join(User, User.id == Membership.user_id)
    query = query.where(Membership.workspace_id == workspace_id, User.email == email)
    if connection.execute(query).one_or_none():
        raise AlreadyExists("This address belongs to a member already.")


def _in_workspace(workspace_id: UUID) -> ColumnElement[bool]:
    return Invitation.workspace_id == workspace_id


def _is_live() -> ColumnElement[bool]:
    return Invitation.expires_at > func.now()


def _is_over_or_to(email: str) -> ColumnElement[bool]:
    return or_(Invitation.email == email, Invitation.expires_at <= func.now())


def _has_token(token: str) -> ColumnElement[bool]:
    key = link_tokens.key_of(token)
    return or_(Invitation.token_hash == key, Invitation.mail_token_hash == key)
