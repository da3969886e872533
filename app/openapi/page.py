"""View model of the API's page: sections of operations, with parameters, bodies and responses in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.openapi.fields import SchemaLine, fields_of, resolved
from app.openapi.operation import UNIVERSAL

Json = Mapping[str, Any]


class ContentView(NamedTuple):
    """A body in one media type: its fields, or a description where it has none."""

    media: str
    fields: list[SchemaLine]
    words: str


class ResponseView(NamedTuple):
    """A response by its status; `words` has a line for each problem code."""

    status: str
    words: list[str]
    headers: list[tuple[str, str]]
    contents: list[ContentView]


class OperationView(NamedTuple):
    """A method and path."""

    name: str
    method: str
    path: str
    summary: str
    words: list[str]
    parameters: list[SchemaLine]
    body: list[ContentView]
    answers: list[ResponseView]
    refusals: list[ResponseView]


class SectionView(NamedTuple):
    """The operations of one tag."""

    name: str
    title: str
    words: str
    operations: list[OperationView]


def sections(document: Json) -> list[SectionView]:
    """The description's tags, each with its operations, in their order."""
    found = list(_operations(document))
    return [
        SectionView(
            tag["name"],
            tag["x-displayName"],
            tag["description"],
            [operation for name, operation in found if name == tag["name"]],
        )
        for tag in document["tags"]
    ]


def frames_of(document: Json) -> list[ContentView]:
    """The fields of each frame of a stream, by its name."""
    streams = [
        content["x-frames"]
        for answer in _responses_of(document)
        for content in answer.get("content", {}).values()
        if "x-frames" in content
    ]
    return [
        ContentView(name, list(fields_of(schema, document)), resolved(schema, document)["description"])
        for frames in streams
        for name, schema in frames.items()
    ]


def marked_up(text: str) -> Markup:
    """HTML of a description: escaped, with `code` and **strong**, the only markup that descriptions use."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", html))  # escaped above


def paragraphs(text: str) -> list[str]:
    """Paragraphs, each as one line."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def breakable(path: str) -> Markup:
    """HTML of a path that narrow screens may wrap after each slash."""
    return Markup(str(escape(path)).replace("/", "/<wbr>"))  # escaped


FILTERS = {"marked_up": marked_up, "paragraphs": paragraphs, "breakable": breakable}


def _operations(document: Json) -> Iterator[tuple[str, OperationView]]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield described["tags"][0], _operation(path, method, described, document)


def _operation(path: str, method: str, described: Json, document: Json) -> OperationView:
    answers = [_response(status, answer, document) for status, answer in described["responses"].items()]
    body = described.get("requestBody", {}).get("content", {})
    return OperationView(
        name=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        words=paragraphs(described["description"]),
        parameters=[_parameter(one) for one in described.get("parameters", ())],
        body=_contents(body, document),
        answers=[answer for answer in answers if answer.status < "4"],
        refusals=[answer for answer in answers if answer.status >= "4"],
    )


def _parameter(described: Json) -> SchemaLine:
    return next(fields_of(described["schema"], {}, described["name"]))._replace(
        is_required=described["required"], place=described["in"], words=described.get("description", "")
    )


def _response(status: str, described: Json, document: Json) -> ResponseView:
    described = resolved(described, document)
    is_refusal = status >= "4" and "application/json" not in described.get("content", {})
    return ResponseView(
        status,
        [line.removeprefix("- ") for line in described["description"].splitlines()],
        [
            (name, header["description"])
            for name, header in described.get("headers", {}).items()
            if name not in UNIVERSAL
        ],
        [] if is_refusal else _contents(described.get("content", {}), document),
    )


def _contents(contents: Json, document: Json) -> list[ContentView]:
    return [
        ContentView(
            media, list(fields_of(content["schema"], document)), content["schema"].get("description", "")
        )
        for media, content in contents.items()
    ]


def _responses_of(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        for described in methods.values():
            yield from described["responses"].values()
