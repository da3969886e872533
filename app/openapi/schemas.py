"""From marshmallow's schemas to those of OpenAPI: extends apispec by what it does not know of ours."""

from __future__ import annotations

import inspect
import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from app.http.openapi_decorator import JSON, Content
from app.http.query_parameters import SPELLINGS

SchemaOrName = type[Schema] | Schema | str


class Converter(OpenAPIConverter):
    """apispec's converter, with docstrings as descriptions, and `json_schema` of our own kinds of fields."""

    def schema2jsonschema(self, schema: Schema) -> dict[str, Any]:
        """An object's schema."""
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]  # apispec's
        return {"description": purpose_of(type(schema))} | described

    def field2property(self, field: fields.Field[Any]) -> dict[str, Any]:
        """A field's schema: `json_schema` of our kinds of fields wins; patterns are ECMAScript's."""
        found = super().field2property(field) | getattr(field, "json_schema", {})
        if "pattern" in found:
            found["pattern"] = _ecmascript(found["pattern"])
        return found


class Plugin(MarshmallowPlugin):
    """apispec's plugin with our converter."""

    Converter = Converter

    def init_spec(self, spec: APISpec) -> None:
        """Bind the plugin to a document, and make its converter."""
        super().init_spec(spec)
        self.document = spec
        assert self.converter is not None  # made by init_spec
        self._schemas = self.converter

    def reference(self, schema: SchemaOrName) -> dict[str, Any]:
        """A reference to the component of a schema, which is added if it is not there."""
        found: dict[str, Any] = self._schemas.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]  # apispec's
        return found

    def content(self, content: Content) -> dict[str, Any]:
        """OpenAPI's `content`: a schema for each media type, or words where none fits."""
        return {media: {"schema": self._of_medium(media, what)} for media, what in content.items()}

    def parameters(self, schema: type[Schema] | None, place: str) -> list[dict[str, Any]]:
        """A parameter for each field, in the query or in the headers."""
        found = self._schemas.schema2parameters(schema(), location=place) if schema else []
        return [_sendable(parameter) | _other_spelling(parameter) for parameter in found]

    def _of_medium(self, media: str, what: SchemaOrName) -> dict[str, Any]:
        if not isinstance(what, str):
            return self.reference(what)
        return {"type": "object" if media == JSON else "string", "description": what}


def name_of(schema: SchemaOrName) -> str:
    """The name of a schema's component: `Event` for EventSchema."""
    kind = schema if isinstance(schema, type | str) else type(schema)
    return (kind if isinstance(kind, str) else kind.__name__).removesuffix("Schema")


def purpose_of(thing: object) -> str:
    """The first paragraph of its docstring."""
    return " ".join(inspect.cleandoc(thing.__doc__ or "").partition("\n\n")[0].split())


def _ecmascript(pattern: str) -> str:
    r"""The pattern in ECMAScript's syntax: `$` for `\Z`, and anchored, since a match may begin anywhere there."""
    return "^" + re.sub(r"\\Z$", "$", pattern.removeprefix("^"))


def _other_spelling(parameter: dict[str, Any]) -> dict[str, str]:
    """The description of a parameter that has a second spelling."""
    other = SPELLINGS.get(parameter["name"]) if parameter["in"] == "query" else None
    words = f"{parameter.get('description', '')} `{other}` means the same; give one of them.".strip()
    return {"description": words} if other else {}


def _sendable(parameter: dict[str, Any]) -> dict[str, Any]:
    """Without null, which stands for "not given" in our code and cannot be sent in a URL."""
    schema = parameter["schema"]
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if schema.get("default") in (None, (), []):
        schema.pop("default", None)
    return parameter
