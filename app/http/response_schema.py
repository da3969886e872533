"""The schemas of what we send: they describe answers and make none, so that sending costs nothing more."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import RAISE, Schema, fields


class Answer(Schema):
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


class ProblemDocument(Answer):
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


def nothing_or(field: fields.Field[Any]) -> fields.Field[Any]:
    """The field, which may also be null."""
    field.allow_none = True
    return field


def one_of(*values: str, **about: str) -> fields.String:
    """One of these words."""
    return fields.String(metadata={"enum": list(values), **about})


def many(schema: type[Schema]) -> fields.List[Any]:
    """A list of such objects."""
    return fields.List(fields.Nested(schema))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
