"""What the API of a workspace's members, tokens and audit log answers."""

from __future__ import annotations

from marshmallow import fields

from app.domain.roles import ROLES
from app.domain.sender import ADDRESS_POLICIES
from app.http.response_schema import Instant, ResponseSchema, enum_of, list_of, nullable
from app.http.shared_schemas import UserField


class TokenEntry(ResponseSchema):
    """A token without what is secret."""

    id = fields.UUID()
    name = fields.String()
    prefix = fields.String(metadata={"description": "How the token begins, to know it by."})
    scopes = fields.List(fields.String())
    created_at = Instant()
    last_used_at = nullable(Instant())
    expires_at = nullable(Instant())
    user = UserField()


class MadeToken(TokenEntry):
    """A new token; this answer is the only one that ever holds it."""

    token = fields.String()


class TokenList(ResponseSchema):
    """Everybody's tokens in the workspace, the newest first."""

    data = list_of(TokenEntry)


class Member(ResponseSchema):
    """Somebody who belongs to the workspace."""

    user_id = fields.UUID()
    name = fields.String()
    email = fields.String()
    role = enum_of(*ROLES)
    since = Instant()
    last_seen = nullable(Instant(metadata={"description": "Of their latest event; null: none yet."}))
    active = fields.Boolean(metadata={"description": "May they sign in?"})


class MemberList(ResponseSchema):
    """Everybody who belongs to the workspace."""

    data = list_of(Member)


class InvitationEntry(ResponseSchema):
    """An open invitation, without its link."""

    id = fields.UUID()
    email = fields.String()
    role = enum_of(*ROLES)
    expires_at = Instant()


class NewInvitationEntry(InvitationEntry):
    """An invitation that was just made."""

    url = fields.String(metadata={"description": "The one-time link, told this once."})


class MadeInvitation(ResponseSchema):
    """An invitation and its link."""

    data = fields.Nested(NewInvitationEntry)


class InvitationList(ResponseSchema):
    """The open invitations."""

    data = list_of(InvitationEntry)


class ResetLink(ResponseSchema):
    """A one-time link by which a member sets a new password."""

    url = fields.String()
    expires_at = Instant()


class MadeResetLink(ResponseSchema):
    """The link to hand over."""

    data = fields.Nested(ResetLink)


class SettingsSchema(ResponseSchema):
    """What a workspace is set to."""

    slug = fields.String(metadata={"description": "Its name in addresses; it stays."})
    name = fields.String()
    timezone = fields.String(metadata={"description": "When its day begins: an IANA name."})
    strict = fields.Boolean(metadata={"description": "Are event types refused that Pulse does not know?"})
    mark_types = fields.List(
        fields.String(), metadata={"description": "Event types whose events are marks on charts."}
    )
    addresses = enum_of(
        *ADDRESS_POLICIES, description="What is kept of addresses and user agents with events."
    )


class AuditEntrySchema(ResponseSchema):
    """Something that was done to the workspace."""

    id = fields.Integer()
    timestamp = Instant()
    action = fields.String(metadata={"description": "Such as `member.added`."})
    via = enum_of("session", "token", "link", "command-line")
    actor = nullable(UserField(description="Who did it."))
    token_id = nullable(fields.UUID())
    subject = nullable(UserField(description="Whom it concerns."))
    details = fields.Dict(keys=fields.String())


class AuditMeta(ResponseSchema):
    """How to go on."""

    has_more = fields.Boolean()
    next_before = nullable(fields.Integer(metadata={"description": "`before` of the next page."}))


class AuditPage(ResponseSchema):
    """A page of the audit log, the newest entries first."""

    data = list_of(AuditEntrySchema)
    meta = fields.Nested(AuditMeta)
