"""What a posted event must look like: the envelope by marshmallow, `eventData` by the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates

from app.domain import catalogue, identifiers, strict_json
from app.domain.instants import to_millisecond

MAX_LATE = timedelta(hours=24)
MAX_AHEAD = timedelta(minutes=5)
# The event itself is one level, its eventData ten more.
MAX_DEPTH = 11
VISIBLE = re.compile(r"[\x21-\x7e]{1,128}")

Errors = dict[str, list[str]]


class EventSchema(Schema):
    """The fields of a posted event; unknown ones are refused, so that a misspelt one is noticed."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar = {"unknown": "Unknown field.", "type": "Must be a JSON object."}

    event_type = fields.String(
        data_key="eventType", required=True, error_messages={"required": "Missing: name what happened."}
    )
    event_data = fields.Dict(
        data_key="eventData",
        keys=fields.String(),
        load_default=dict,
        error_messages={"invalid": "Must be a JSON object.", "null": "Must be a JSON object."},
    )
    session_id = fields.String(
        data_key="sessionId", load_default=None, allow_none=True, validate=validate.Length(1, 128)
    )
    event_id = fields.String(
        data_key="eventId",
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(VISIBLE, error="Must be 1 to 128 visible ASCII characters."),
    )
    # A user id or e-mail address: who acted, where a server posts for others.
    actor = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(1, identifiers.LONGEST_EMAIL)
    )
    timestamp = fields.AwareDateTime(
        format="iso",
        default_timezone=UTC,
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."},
    )

    @validates("event_type")
    def _check_form(self, value: str, data_key: str) -> None:
        if not catalogue.is_well_formed(value):
            raise ValidationError(
                "Must be two to four lower-case words joined by dots, such as message.sent, "
                f"and at most {catalogue.MAX_TYPE_LENGTH} characters."
            )


EVENT_SCHEMA = EventSchema()


def load_event(value: object, *, strict: bool, now: datetime) -> tuple[dict[str, Any], Errors]:
    """The event's fields by their Python names, and what is wrong with it by dotted field name."""
    if errors := strict_json.faults(value, MAX_DEPTH):
        return {}, errors
    try:
        loaded = EVENT_SCHEMA.load(value)
    except ValidationError as error:
        return {}, _flat(error.normalized_messages())
    return loaded, _meaning_faults(loaded, strict, now)


def _meaning_faults(loaded: dict[str, Any], strict: bool, now: datetime) -> Errors:
    errors = catalogue.faults(loaded["event_type"], loaded["event_data"], strict=strict)
    if loaded["timestamp"] is not None:
        if now - MAX_LATE <= loaded["timestamp"] <= now + MAX_AHEAD:
            loaded["timestamp"] = to_millisecond(loaded["timestamp"])
        else:
            errors["timestamp"] = ["Must lie between 24 hours ago and 5 minutes ahead."]
    return errors


def _flat(messages: Mapping[str, Any], prefix: str = "") -> Errors:
    flat: Errors = {}
    for name, message in messages.items():
        # marshmallow files what concerns the value as a whole under _schema.
        path = prefix.rstrip(".") or "body" if name == "_schema" else f"{prefix}{name}"
        if isinstance(message, Mapping):
            flat |= _flat(message, f"{path}.")
        else:
            flat[path] = list(message)
    return flat
