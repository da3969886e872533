"""Response schemas: marshmallow serialises what we send by them, and the API's description is made from them.

Hot responses (posts, snapshots, pages of events) are dicts made by hand: there a schema only describes.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from flask import Response, jsonify
from marshmallow import RAISE, Schema, fields

from app.domain.instants import iso


class ResponseSchema(Schema):
    """A JSON object that we send: it has all of these fields but those `optional`, and no others.

    Names are in snake_case here and in camelCase there. A sentence of purpose under a class describes it.
    """

    class Meta:
        unknown = RAISE

    optional: ClassVar[tuple[str, ...]] = ()

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name a field as it is sent."""
        field_obj.data_key = field_obj.data_key or _camel(field_name)
        field_obj.required = field_name not in self.optional


class Instant(fields.DateTime):
    """A moment as every response writes it: UTC, ISO 8601, with milliseconds."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: object, **kwargs: Any) -> str | None:
        return None if value is None else iso(value)


class JsonNumber(fields.Float):
    """A number as it was computed: 5 stays 5, where a float would be written as 5.0."""

    def _format_num(self, value: Any) -> float:
        return value if isinstance(value, int | float) else super()._format_num(value)


class ProblemDocument(ResponseSchema):
    """Why it was refused (RFC 9457). `code` is stable; `detail` is for people."""

    optional: ClassVar = ("detail", "errors")

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    errors = fields.Dict(
        values=fields.List(fields.String()),
        metadata={"description": "Messages by dotted field name; the value as a whole is `body`."},
    )


def respond(schema: type[ResponseSchema], content: object = None, /, **values: object) -> Response:
    """The JSON response that a schema makes of an object, or of values by their Python names.

    What they lack is left out, and so is what the schema does not have.
    """
    return jsonify(_serializer(schema).dump(values if content is None else content))


def nullable(field: fields.Field[Any]) -> fields.Field[Any]:
    """The field, or null."""
    field.allow_none = True
    return field


def enum_of(*values: str, **about: str) -> fields.String:
    """A string, one of these."""
    return fields.String(metadata={"enum": list(values), **about})


def list_of(schema: type[Schema]) -> fields.List[Any]:
    """A list of objects of this schema."""
    return fields.List(fields.Nested(schema))


@cache  # an instance takes 200 µs to bind its nested schemas, twenty times as long as it takes to serialise
def _serializer(schema: type[ResponseSchema]) -> ResponseSchema:
    return schema()


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
