"""Validation of a posted event: the envelope by a marshmallow schema, `eventData` by the catalogue."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from app.domain import catalogue, email_and_slug, strict_json
from app.domain.event import MAX_AHEAD, MAX_LATE
from app.domain.field_errors import flatten_errors
from app.domain.ids import EVENT_ID
from app.domain.instants import to_millisecond
from app.http.validation import FlatSchema, JsonObject, by_field

# The event itself is one level, its eventData ten more.
MAX_DEPTH = 11
IDEMPOTENCY_KEY = "Idempotency-Key"
IDEMPOTENCY_KEY_FORM = re.compile(r'("([!#-\[\]-~]|\\["\\]){1,128}"|[!#-+\--:<-~][!-+\--:<-~]{0,127})\Z')

Errors = dict[str, list[str]]


def _check_form(event_type: str) -> None:
    if not catalogue.is_well_formed(event_type):
        raise ValidationError(
            "Must be two to four lower-case words joined by dots, such as message.sent, "
            f"and at most {catalogue.MAX_TYPE_LENGTH} characters."
        )


class EventSchema(FlatSchema):
    """The fields of a posted event; unknown ones are refused, so that a misspelt one is noticed."""

    event_type = fields.String(
        data_key="eventType",
        required=True,
        validate=_check_form,
        error_messages={"required": "Missing: name what happened."},
        metadata={
            "pattern": f"{catalogue.TYPE_FORM.pattern}$",
            "description": "What happened: two to four lower-case words joined by dots.",
            "maxLength": catalogue.MAX_TYPE_LENGTH,
        },
    )
    event_data = JsonObject(
        data_key="eventData",
        keys=fields.String(),
        load_default=dict,
        error_messages={"invalid": "Must be a JSON object.", "null": "Must be a JSON object."},
        metadata={"description": "Up to ten levels deep; known types say what it holds."},
    )
    session_id = fields.String(
        data_key="sessionId",
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 128),
        metadata={"description": "Whatever the client calls a session."},
    )
    event_id = fields.String(
        data_key="eventId",
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(EVENT_ID, error="Must be 1 to 128 visible ASCII characters."),
        metadata={"description": "Makes a retry harmless; made by the server unless given."},
    )
    # A user id or e-mail address: who acted, where a server posts for others.
    actor = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, email_and_slug.MAX_EMAIL_LENGTH),
        metadata={"description": "A member's id or e-mail address; takes a token with `events:write-as`."},
    )
    timestamp = fields.AwareDateTime(
        format="iso",
        default_timezone=UTC,
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."},
        metadata={
            "description": "When it happened: at most 24 hours ago, 5 minutes ahead. Now unless given."
        },
    )


class IdempotencyHeaders(Schema):
    """The header that makes a retry harmless, where events have no ids of their own."""

    key = fields.String(
        data_key=IDEMPOTENCY_KEY,
        validate=validate.Regexp(IDEMPOTENCY_KEY_FORM),
        metadata={
            "description": "The event's id, if it has none of its own; of a batch the ids' beginning. "
            "A quoted string is its content."
        },
    )


EVENT_SCHEMA = EventSchema()


def load_event(value: object, *, strict: bool, now: datetime) -> tuple[dict[str, Any], Errors]:
    """The event's fields by their Python names, and what is wrong with it by dotted field name."""
    if errors := flatten_errors(EVENT_SCHEMA.excess(value)) or strict_json.faults(value, MAX_DEPTH):
        return {}, errors
    try:
        loaded = EVENT_SCHEMA.load(value)
    except ValidationError as error:
        return {}, by_field(error)
    return loaded, _semantic_errors(loaded, strict, now)


def _semantic_errors(loaded: dict[str, Any], strict: bool, now: datetime) -> Errors:
    errors = catalogue.faults(loaded["event_type"], loaded["event_data"], strict=strict)
    if loaded["timestamp"] is not None:
        if now - MAX_LATE <= loaded["timestamp"] <= now + MAX_AHEAD:
            loaded["timestamp"] = to_millisecond(loaded["timestamp"])
        else:
            errors["timestamp"] = ["Must lie between 24 hours ago and 5 minutes ahead."]
    return errors
