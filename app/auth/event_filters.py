"""Query parameters that filter events by type, user and channel; `me` is the user who asks."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from marshmallow import Schema, ValidationError, fields

from app.auth.access import Access
from app.auth.credentials import UUID_FORM
from app.http.query_parameters import Parameters, Types, loaded

ME = "me"
MAX_CHANNEL_LENGTH = 200


class UserRef(fields.Field[UUID | str]):
    """A user's id, or `me`."""

    json_schema: ClassVar = {"type": "string", "anyOf": [{"const": ME}, {"format": "uuid"}]}

    def _deserialize(self, value: str, attr: str | None, data: Any, **kwargs: Any) -> UUID | str:
        if value == ME:
            return ME
        if not UUID_FORM.fullmatch(value):
            raise ValidationError(f"Must be a user's id, or {ME}.")
        return UUID(value)


def _check_channel(text: str) -> None:
    if not 1 <= len(text) <= MAX_CHANNEL_LENGTH or not text.isprintable():
        raise ValidationError(f"Must be a channel's id: 1 to {MAX_CHANNEL_LENGTH} visible characters.")


class EventFilters(Parameters):
    """Filters of events, combined with AND."""

    types = Types(
        data_key="type",
        load_default=(),
        metadata={"description": "Only these types, joined by commas or given repeatedly."},
    )
    user_id = UserRef(data_key="user", load_default=None, metadata={"description": "Only this user's."})
    channel = fields.String(
        load_default=None,
        validate=_check_channel,
        metadata={
            "minLength": 1,
            "maxLength": MAX_CHANNEL_LENGTH,
            "description": "`eventData.channelId`, exactly.",
        },
    )


def load_filters(schema: Schema, access: Access) -> dict[str, Any]:
    """This request's parameters by their Python names; raises InvalidParameter naming every wrong one."""
    given = loaded(schema, repeatable={"type"})
    return given | ({"user_id": access.user_id} if given.get("user_id") == ME else {})
