"""What the API returns of breakdowns."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from app.http.response_schema import ResponseSchema, list_of, nullable


class Part(ResponseSchema):
    """A part of a total; users come with their name."""

    optional: ClassVar = ("name",)

    key = fields.String()
    count = fields.Integer()
    name = nullable(fields.String())


class OtherParts(ResponseSchema):
    """All smaller parts together."""

    keys = fields.Integer()
    count = fields.Integer()


class BreakdownData(ResponseSchema):
    """The parts; `top`, `other`, `none` and `forgotten` add up to `total`."""

    top = list_of(Part)
    other = fields.Nested(OtherParts)
    none = fields.Integer(metadata={"description": "What has no channel."})
    forgotten = fields.Integer(metadata={"description": "Events that were dropped since."})
    total = fields.Integer()


class BreakdownMeta(ResponseSchema):
    """The query that was answered."""

    by = fields.String()
    metric = fields.String()
    types = fields.List(fields.String())
    since = fields.DateTime()
    until = nullable(fields.DateTime())
    timezone = fields.String()
    timestamp = fields.DateTime()


class Breakdown(ResponseSchema):
    """The parts of a total."""

    data = fields.Nested(BreakdownData)
    meta = fields.Nested(BreakdownMeta)
