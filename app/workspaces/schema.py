"""Validation schemas of users and workspaces."""

from __future__ import annotations

import difflib
import functools
import zoneinfo
from collections.abc import Sequence
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate

from app.auth.schema import StrictBoolean, check_password
from app.domain.annotation import MAX_MARK_TYPES
from app.domain.catalogue import is_well_formed
from app.domain.email_and_slug import is_slug, normal_email
from app.domain.sender import ADDRESS_POLICIES
from app.http.validation import ShortList, StrictSchema, load_values

# In the system's zone list, but they are no IANA zones.
NOT_ZONES = {"localtime", "Factory"}


def checked(schema: type[Schema], **values: object) -> dict[str, Any]:
    """The validated values, as they should be stored; raises InvalidInput with messages by field."""
    return load_values(schema(), values)


class Body(StrictSchema):
    """A JSON object in a request; unknown fields are refused."""


class Email(fields.String):
    """An e-mail address, in lower case."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        email = normal_email(super()._deserialize(value, attr, data, **kwargs))
        if email is None:
            raise ValidationError("Not an e-mail address.")
        return email


class Name(fields.String):
    """A display name: 1 to 100 visible characters."""

    json_schema: ClassVar = {"minLength": 1, "maxLength": 100}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs).strip()
        if not 1 <= len(name) <= 100 or not name.isprintable():
            raise ValidationError("Must be 1 to 100 visible characters.")
        return name


def _slug(text: str) -> None:
    if not is_slug(text):
        raise ValidationError(
            "Must be 1 to 35 small letters, digits and hyphens, beginning and ending with a letter or digit."
        )


def _timezone(text: str) -> None:
    if text not in timezones():
        raise ValidationError(_no_timezone(text))


def _no_timezone(text: str) -> str:
    names = {zone.casefold(): zone for zone in timezones()}
    names |= {name.rpartition("/")[2]: zone for name, zone in names.items()}  # people know their city
    near = difflib.get_close_matches(text.strip().replace(" ", "_").casefold(), names, 1, 0.75)
    if not near:
        return "Not an IANA time zone, such as Europe/Berlin."
    return f"Not an IANA time zone. Did you mean {names[near[0]]}?"


def _event_type(text: str) -> None:
    if not is_well_formed(text):
        raise ValidationError("Must be an event type, such as deploy.finished.")


def _unique(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValidationError("Name each type once.")


@functools.cache
def timezones() -> tuple[str, ...]:
    """The IANA time zones that a workspace may have, sorted."""
    return tuple(sorted(zoneinfo.available_timezones() - NOT_ZONES))


class Password(Schema):
    """A new password."""

    password = fields.String(required=True, validate=check_password)


class NewUser(Schema):
    """A user to be created."""

    email = Email(required=True)
    name = Name(required=True)
    password = fields.String(required=True, validate=check_password)


class ChangedSettings(Body):
    """The settings to change; those not named stay."""

    name = Name()
    timezone = fields.String(
        validate=_timezone, metadata={"description": "When its day begins: an IANA name."}
    )
    addresses = fields.String(
        validate=validate.OneOf(ADDRESS_POLICIES, error=f"Must be one of: {', '.join(ADDRESS_POLICIES)}."),
        metadata={"description": "What is kept of addresses, and of user agents unless off, with events."},
    )
    mark_types = ShortList(
        fields.String(validate=_event_type),
        data_key="markTypes",
        validate=[
            validate.Length(max=MAX_MARK_TYPES, error=f"Name at most {MAX_MARK_TYPES} types."),
            _unique,
        ],
        metadata={"description": "Event types whose events are marks on charts."},
    )
    strict = StrictBoolean(metadata={"description": "Are event types refused that Pulse does not know?"})


class Slug(Schema):
    """The part of a workspace's addresses that names it."""

    slug = fields.String(required=True, validate=_slug)


class NewWorkspace(Slug):
    """A workspace to be created."""

    name = Name(required=True)
    timezone = fields.String(load_default="UTC", validate=_timezone)
