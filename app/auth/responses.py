"""What the sign-in API answers."""

from __future__ import annotations

from marshmallow import fields

from app.domain.roles import ROLES
from app.http.response_schema import Instant, ResponseSchema, enum_of, list_of
from app.http.shared_schemas import UserSchema


class OwnWorkspace(ResponseSchema):
    """A workspace that one belongs to, and as what."""

    id = fields.UUID()
    slug = fields.String()
    name = fields.String()
    role = enum_of(*ROLES)
    timezone = fields.String(metadata={"description": "When its day begins: an IANA name."})


class Profile(ResponseSchema):
    """Who is signed in, and their workspaces."""

    user = fields.Nested(UserSchema)
    workspaces = list_of(OwnWorkspace)


class PasswordChanged(ResponseSchema):
    """The new password holds."""

    success = fields.Boolean()
    message = fields.String()
    ended_sessions = fields.Integer(metadata={"description": "Other browsers that were signed out."})
    revoked_tokens = fields.Integer(metadata={"description": "One's API tokens that were revoked."})


class OwnSession(ResponseSchema):
    """A browser in which one is signed in."""

    id = fields.String()
    browser = fields.String(metadata={"description": "Such as Firefox on Linux; empty if unknown."})
    created_at = Instant()
    expires_at = Instant()
    current = fields.Boolean(metadata={"description": "Is it the session of this request?"})


class OwnSessions(ResponseSchema):
    """Where one is signed in, the newest first."""

    data = list_of(OwnSession)
