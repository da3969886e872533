"""Flattens a JSON schema into lines: path (`data[].eventId`), type, limits, whether it is required."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = Mapping[str, Any]

LARGEST = 2**53  # beyond, a limit is the database's own, and tells a reader nothing
RANGES = (("minimum", "maximum", ""), ("minLength", "maxLength", " characters"), ("minItems", "maxItems", ""))


class SchemaLine(NamedTuple):
    """A field of a schema: its path, type, limits and description; `place` is `query`, `path` or `header`."""

    name: str
    kind: str
    limits: str
    is_required: bool
    words: str
    place: str = ""


def fields_of(schema: Json, document: Json, name: str = "", is_required: bool = True) -> Iterator[SchemaLine]:
    """A line for each field, also of nested objects and lists."""
    schema = resolved(_not_null(schema), document) | _beside(schema)
    if name:
        words = schema.get("description", "")
        yield SchemaLine(name, _kind(schema), _limits(schema), is_required, words)
    if "items" in schema:
        yield from _within(schema["items"], document, f"{name}[]")
    keys = schema.get("additionalProperties")
    if isinstance(keys, Mapping) and keys:
        yield from _within(keys, document, f"{name}.*" if name else "*")
    for inner, described in schema.get("properties", {}).items():
        path = f"{name}.{inner}" if name else inner
        yield from fields_of(described, document, path, inner in schema.get("required", ()))


def resolved(thing: Json, document: Json) -> dict[str, Any]:
    """The target of a reference, or the schema itself."""
    reference = thing.get("$ref")
    if reference is None:
        return dict(thing)
    place: Any = document
    for part in reference.removeprefix("#/").split("/"):
        place = place[part]
    target: dict[str, Any] = place
    return target


def _within(schema: Json, document: Json, name: str) -> Iterator[SchemaLine]:
    """Lines for what is in a list or under keys; plain values there have none of their own."""
    inner = resolved(_not_null(schema), document)
    if "properties" in inner or "items" in inner:
        for line in fields_of(inner, document, name):
            if line.name != name:
                yield line


def _not_null(schema: Json) -> Json:
    return next((one for one in schema.get("anyOf", ()) if "$ref" in one), schema)


def _beside(schema: Json) -> dict[str, Any]:
    """What stands beside a reference, and whether there may be nothing."""
    found = {"description": schema["description"]} if "description" in schema else {}
    return found | ({"nullable": True} if {"type": "null"} in schema.get("anyOf", ()) else {})


def _kind(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kinds = schema.get("type", "any")
    names = list(kinds) if isinstance(kinds, list) else [kinds]
    if kinds == "any" and all("type" in way for way in schema.get("anyOf", ())):
        names = [_kind(way) for way in schema.get("anyOf", ())] or names
    if "items" in schema:
        inner = schema["items"].get("type", "object")
        names[names.index("array")] = f"list of {'values' if isinstance(inner, list) else f'{inner}s'}"
    ways = (schema, *schema.get("anyOf", ()))
    formats = [one.get("format") or one.get("const") for one in ways if "format" in one or "const" in one]
    return " or ".join([*(formats or names), *(["null"] if _may_be_null(schema, names, formats) else [])])


def _may_be_null(schema: Json, names: list[str], formats: list[str]) -> bool:
    return schema.get("nullable", False) or bool(formats and "null" in names)


def _limits(schema: Json) -> str:
    ranges = [_range(schema.get(low), schema.get(high)) + unit for low, high, unit in RANGES]
    found = [words for words in ranges if words.strip() and words[0] != " "]
    return ", ".join([*found, *([f"`{schema['pattern']}`"] if "pattern" in schema else [])])


def _range(low: int | None, high: int | None) -> str:
    high = high if high is not None and high < LARGEST else None
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    if high is not None:
        return f"at most {high:,}"
    return f"at least {low:,}" if low and low > 1 else ""
