"""What the API returns of changes."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.http.response_schema import ResponseSchema, enum_of, list_of, nullable
from app.insights.breakdown.responses import CountMeta


class ChangedPart(ResponseSchema):
    """A part of the difference; users come with their name."""

    optional: ClassVar = ("name", "other_keys")

    part = enum_of(
        "key",
        "other",
        "none",
        "forgotten",
        description="`other`: all smaller ones; `none`: what has no channel; `forgotten`: what was dropped since.",
    )
    key = nullable(fields.String())
    name = nullable(fields.String())
    other_keys = fields.Integer(data_key="keys", metadata={"description": "How many others."})
    value = fields.Integer()
    base = fields.Integer(metadata={"description": "The same in the compared range."})
    difference = fields.Integer()
    share = nullable(fields.Float(metadata={"description": "Of the whole difference; null where that is 0."}))
    surprise = nullable(
        fields.Float(
            metadata={
                "description": "(value - expected) / √expected; expected: `value`, had all parts changed "
                "alike. Null where nothing was to be expected."
            }
        )
    )
    mark = nullable(enum_of("new", "gone"))


class ChangesBy(ResponseSchema):
    """The parts by each dimension, the largest differences first; each list adds up to `difference`."""

    optional: ClassVar = ("type", "channel", "user", "hour")

    type = list_of(ChangedPart)
    channel = list_of(ChangedPart)
    user = list_of(ChangedPart)
    hour = list_of(ChangedPart)


class ChangesData(ResponseSchema):
    """The whole, its parts, and sentences."""

    value = fields.Integer()
    base = fields.Integer(metadata={"description": "The same in the compared range."})
    difference = fields.Integer()
    by = fields.Nested(ChangesBy)
    words = fields.List(fields.String())


class Changes(ResponseSchema):
    """What changed since the compared range."""

    data = fields.Nested(ChangesData)
    meta = fields.Nested(CountMeta)
