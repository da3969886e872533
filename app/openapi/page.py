"""The description as a page shows it: sections of operations, with what each takes and answers in lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.openapi.fields import Field, fields_of, resolved
from app.openapi.operation import UNIVERSAL

Json = Mapping[str, Any]


class Content(NamedTuple):
    """What a body holds in one media type: its fields, or words where it has none."""

    media: str
    fields: list[Field]
    words: str


class Answer(NamedTuple):
    """An answer by its status; `words` has a line for each code of a refusal."""

    status: str
    words: list[str]
    headers: list[tuple[str, str]]
    contents: list[Content]


class Operation(NamedTuple):
    """A method and path."""

    name: str
    method: str
    path: str
    summary: str
    words: list[str]
    parameters: list[Field]
    body: list[Content]
    answers: list[Answer]
    refusals: list[Answer]


class Section(NamedTuple):
    """What belongs together."""

    name: str
    title: str
    words: str
    operations: list[Operation]


def sections(document: Json) -> list[Section]:
    """The description's tags, each with its operations, in their order."""
    found = list(_operations(document))
    return [
        Section(
            tag["name"],
            tag["x-displayName"],
            tag["description"],
            [operation for name, operation in found if name == tag["name"]],
        )
        for tag in document["tags"]
    ]


def frames_of(document: Json) -> list[Content]:
    """What each frame of a stream holds, by its name."""
    streams = [
        content["x-frames"]
        for answer in _answers_of(document)
        for content in answer.get("content", {}).values()
        if "x-frames" in content
    ]
    return [
        Content(name, list(fields_of(schema, document)), resolved(schema, document)["description"])
        for frames in streams
        for name, schema in frames.items()
    ]


def marked_up(text: str) -> Markup:
    """Escaped, with `code` and **weight**; that is all that descriptions use."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", html))  # escaped above


def paragraphs(text: str) -> list[str]:
    """Paragraphs, each as one line."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def breakable(path: str) -> Markup:
    """With places where a narrow screen may break it."""
    return Markup(str(escape(path)).replace("/", "/<wbr>"))  # escaped


FILTERS = {"marked_up": marked_up, "paragraphs": paragraphs, "breakable": breakable}


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield told["tags"][0], _operation(path, method, told, document)


def _operation(path: str, method: str, told: Json, document: Json) -> Operation:
    answers = [_answer(status, answer, document) for status, answer in told["responses"].items()]
    body = told.get("requestBody", {}).get("content", {})
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        words=paragraphs(told["description"]),
        parameters=[_parameter(one) for one in told.get("parameters", ())],
        body=_contents(body, document),
        answers=[answer for answer in answers if answer.status < "4"],
        refusals=[answer for answer in answers if answer.status >= "4"],
    )


def _parameter(told: Json) -> Field:
    return next(fields_of(told["schema"], {}, told["name"]))._replace(
        is_required=told["required"], place=told["in"], words=told.get("description", "")
    )


def _answer(status: str, told: Json, document: Json) -> Answer:
    told = resolved(told, document)
    is_refusal = status >= "4" and "application/json" not in told.get("content", {})
    return Answer(
        status,
        [line.removeprefix("- ") for line in told["description"].splitlines()],
        [
            (name, header["description"])
            for name, header in told.get("headers", {}).items()
            if name not in UNIVERSAL
        ],
        [] if is_refusal else _contents(told.get("content", {}), document),
    )


def _contents(contents: Json, document: Json) -> list[Content]:
    return [
        Content(media, list(fields_of(content["schema"], document)), content["schema"].get("description", ""))
        for media, content in contents.items()
    ]


def _answers_of(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        for told in methods.values():
            yield from told["responses"].values()
