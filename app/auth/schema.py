"""What a sign-in consists of."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.domain.identifiers import LONGEST_EMAIL

LONGEST_PASSWORD = 1_024  # characters


class Credentials(Schema):
    """`{"email", "password"}`; any other field is refused."""

    email = fields.String(required=True, validate=validate.Length(1, LONGEST_EMAIL))
    password = fields.String(required=True, validate=validate.Length(1, LONGEST_PASSWORD))
