"""What a schema has against a value, in the form that our answers have."""

from __future__ import annotations

from marshmallow import ValidationError

from app.domain.field_errors import dotted
from app.errors import Errors


def by_field(error: ValidationError) -> Errors:
    """The schema's messages by dotted field name."""
    return dotted(error.normalized_messages())
