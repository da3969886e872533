"""What the sign-in API answers."""

from __future__ import annotations

from marshmallow import fields

from app.domain.roles import ROLES
from app.http.response_schema import Answer, many, one_of


class UserSchema(Answer):
    """A person."""

    id = fields.UUID()
    email = fields.String()
    name = fields.String()


class OwnWorkspace(Answer):
    """A workspace that one belongs to, and as what."""

    id = fields.UUID()
    slug = fields.String()
    name = fields.String()
    role = one_of(*ROLES)
    timezone = fields.String(metadata={"description": "When its day begins: an IANA name."})


class Profile(Answer):
    """Who is signed in, and their workspaces."""

    user = fields.Nested(UserSchema)
    workspaces = many(OwnWorkspace)


class PasswordChanged(Answer):
    """The new password holds."""

    success = fields.Boolean()
    message = fields.String()
    ended_sessions = fields.Integer(metadata={"description": "Other browsers that were signed out."})
    revoked_tokens = fields.Integer(metadata={"description": "One's API tokens that were revoked."})


class OwnSession(Answer):
    """A browser in which one is signed in."""

    id = fields.String()
    browser = fields.String(metadata={"description": "Such as Firefox on Linux; empty if unknown."})
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    current = fields.Boolean(metadata={"description": "Is it the session of this request?"})


class OwnSessions(Answer):
    """Where one is signed in, the newest first."""

    data = many(OwnSession)
