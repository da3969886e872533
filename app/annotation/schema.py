"""The body and the query parameters of annotations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.domain.annotation import (
    MAX_TAG_LENGTH,
    MAX_TAGS,
    MAX_TEXT_LENGTH,
    MAX_URL_LENGTH,
    NOTE_KINDS,
    is_web_address,
)
from app.domain.plain_text import is_plain_text
from app.http.query_parameters import YEARS, Moment, Parameters
from app.http.validation import ShortList, StrictSchema

NO_MOMENT = "Must be an ISO 8601 date and time, such as 2025-12-06T12:00:00Z."


class PlainText(fields.String):
    """A line of text without control characters; blanks around it are cut."""

    def __init__(self, max_length: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.max_length = max_length
        self.json_schema = {"minLength": 1, "maxLength": max_length}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not is_plain_text(text, self.max_length):
            raise ValidationError(f"Must be 1 to {self.max_length} characters, without line breaks.")
        return text


def _check_url(text: str) -> None:
    if len(text) > MAX_URL_LENGTH or not is_web_address(text):
        raise ValidationError(
            f"Must be an address of http or https, of at most {MAX_URL_LENGTH:,} characters."
        )


def _check_moment(moment: datetime) -> None:
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValidationError(f"Must lie in the years {YEARS[0]} to {YEARS[1]}.")


def _check_unique(tags: Sequence[str]) -> None:
    if len(set(tags)) < len(tags):
        raise ValidationError("Name each tag once.")


def _moment(**kwargs: Any) -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="iso",
        default_timezone=UTC,
        validate=_check_moment,
        error_messages={"invalid": NO_MOMENT},
        **kwargs,
    )


class AnnotationBody(StrictSchema):
    """A note at a moment, or over a stretch of time."""

    text = PlainText(MAX_TEXT_LENGTH, required=True, metadata={"description": "What happened."})
    at = _moment(metadata={"description": "When; now unless given."})
    until = _moment(allow_none=True, metadata={"description": "When it ended, if it took a while."})
    url = fields.String(
        allow_none=True, validate=_check_url, metadata={"description": "Where to read more: http or https."}
    )
    tags = ShortList(
        PlainText(MAX_TAG_LENGTH),
        validate=[validate.Length(max=MAX_TAGS, error=f"Name at most {MAX_TAGS} tags."), _check_unique],
    )
    kind = fields.String(
        validate=validate.OneOf(NOTE_KINDS, error=f"Must be one of: {', '.join(NOTE_KINDS)}.")
    )


class AnnotationPatch(AnnotationBody):
    """The parts of a note to change; those not named stay."""


class AnnotationRange(Parameters):
    """Which annotations: those that touch a stretch of time."""

    since = Moment(load_default=None, metadata={"description": "30 days before `until` unless given."})
    until = Moment(
        load_default=None, metadata={"description": "No end unless given; at most 400 days later."}
    )
    tag = fields.String(
        load_default=None,
        validate=validate.Length(
            1, MAX_TAG_LENGTH, error=f"Must be a tag of 1 to {MAX_TAG_LENGTH} characters."
        ),
        metadata={"description": "Only notes with this tag."},
    )

    @validates_schema
    def _check_window(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] >= data["until"]:
            raise ValidationError("Must be later than since.", "until")
