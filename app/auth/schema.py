"""What a sign-in consists of, and what a new password must be like."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from app.auth import common_passwords
from app.domain.email_and_slug import MAX_EMAIL_LENGTH
from app.http.validation import StrictSchema

SHORTEST_PASSWORD = 8  # characters
LONGEST_PASSWORD = 1_024  # characters


def check_password(text: str) -> None:
    """Raise ValidationError for what cannot become a password."""
    if not SHORTEST_PASSWORD <= len(text) <= LONGEST_PASSWORD:
        raise ValidationError(f"Must be {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError("Must be text in UTF-8.")  # no browser could send it again
    if common_passwords.is_common(text):
        raise ValidationError(common_passwords.HINT)


class StrictBoolean(fields.Boolean):
    """JSON true or false; none of the look-alikes that marshmallow accepts."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class PasswordAgain(StrictSchema):
    """`{"password"}`; any other field is refused."""

    password = fields.String(required=True, validate=validate.Length(1, LONGEST_PASSWORD))


class ChosenPassword(StrictSchema):
    """`{"newPassword"}`; any other field is refused."""

    new = fields.String(
        required=True,
        data_key="newPassword",
        validate=check_password,
        metadata={"minLength": SHORTEST_PASSWORD, "maxLength": LONGEST_PASSWORD},
    )


class Credentials(StrictSchema):
    """`{"email", "password"}`; any other field is refused."""

    email = fields.String(required=True, validate=validate.Length(1, MAX_EMAIL_LENGTH))
    password = fields.String(required=True, validate=validate.Length(1, LONGEST_PASSWORD))


class NewPassword(ChosenPassword):
    """`{"currentPassword", "newPassword", "keepTokens"?}`; any other field is refused."""

    current = fields.String(
        required=True, data_key="currentPassword", validate=validate.Length(1, LONGEST_PASSWORD)
    )
    keep_tokens = StrictBoolean(
        data_key="keepTokens",
        load_default=False,
        metadata={"description": "Do one's API tokens go on? They are revoked unless true."},
    )
