"""From marshmallow's schemas to those of OpenAPI: what apispec does not know of ours."""

from __future__ import annotations

import inspect
import re
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from app.http.openapi_decorator import JSON, Content
from app.http.query_parameters import SPELLINGS

SchemaOrName = type[Schema] | Schema | str


class Converter(OpenAPIConverter):
    """apispec's, with the sentence under a class as description, and what fields say of themselves."""

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """An object's schema."""
        return {"description": purpose_of(type(schema))} | super().schema2jsonschema(schema)

    def field2property(self, field: fields.Field) -> dict[str, Any]:
        """A field's schema: `json_schema` of our own kinds of fields wins, and patterns are the web's."""
        found = super().field2property(field) | getattr(field, "json_schema", {})
        if "pattern" in found:
            found["pattern"] = _of_the_web(found["pattern"])
        return found


class Plugin(MarshmallowPlugin):
    """The plugin that converts as we do."""

    Converter = Converter

    def reference(self, schema: SchemaOrName) -> dict[str, Any]:
        """A reference to the component of a schema, which is added if it is not there."""
        return self.converter.resolve_nested_schema(schema)

    def content(self, content: Content) -> dict[str, Any]:
        """OpenAPI's `content`: a schema for each media type, or words where none fits."""
        return {media: {"schema": self._of_medium(media, what)} for media, what in content.items()}

    def parameters(self, schema: type[Schema] | None, place: str) -> list[dict[str, Any]]:
        """A parameter for each field, in the query or in the headers."""
        found = self.converter.schema2parameters(schema(), location=place) if schema else []
        return [_sendable(parameter) | _other_spelling(parameter) for parameter in found]

    def _of_medium(self, media: str, what: SchemaOrName) -> dict[str, Any]:
        if not isinstance(what, str):
            return self.reference(what)
        return {"type": "object" if media == JSON else "string", "description": what}


def name_of(schema: SchemaOrName) -> str:
    """What a schema is called in the description: `Event` for EventSchema."""
    kind = schema if isinstance(schema, type | str) else type(schema)
    return (kind if isinstance(kind, str) else kind.__name__).removesuffix("Schema")


def purpose_of(thing: object) -> str:
    """The first paragraph of its docstring."""
    return " ".join(inspect.cleandoc(thing.__doc__ or "").partition("\n\n")[0].split())


def _of_the_web(pattern: str) -> str:
    r"""As ECMAScript writes it: `\Z` is its `$`; there, a match need not begin at the beginning."""
    return "^" + re.sub(r"\\Z$", "$", pattern.removeprefix("^"))


def _other_spelling(parameter: dict[str, Any]) -> dict[str, str]:
    """Words about a parameter that may be spelt in another way too."""
    other = SPELLINGS.get(parameter["name"]) if parameter["in"] == "query" else None
    words = f"{parameter.get('description', '')} `{other}` means the same; give one of them.".strip()
    return {"description": words} if other else {}


def _sendable(parameter: dict[str, Any]) -> dict[str, Any]:
    """Without the null that stands for "not given" in our code, and that no URL can hold."""
    schema = parameter["schema"]
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if schema.get("default") in (None, (), []):
        schema.pop("default", None)
    return parameter
