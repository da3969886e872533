"""Which problems a route may answer with, and how they are described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from apispec import APISpec

from app.auth.doors import Door
from app.described import Description
from app.errors import (
    HTTP_CODES,
    AuthRequired,
    CrossSite,
    Forbidden,
    InvalidJson,
    InvalidParameter,
    Maintenance,
    NotFound,
    PayloadTooLarge,
    Problem,
    RateLimited,
    TookTooLong,
    Unavailable,
    UnsupportedType,
)

MEDIA_TYPE = "application/problem+json"
SAFE = ("GET", "HEAD")
SCHEMA = {"$ref": "#/components/schemas/ProblemDocument"}
ANY = {MEDIA_TYPE: {"schema": SCHEMA}}


class Refusal(NamedTuple):
    """A status with its code, and what both mean."""

    status: int
    code: str
    title: str


CUT_OFF = Refusal(400, HTTP_CODES[400], "The body broke off")
RATES = {
    "RateLimit-Policy": 'Which limit it was: `"events";q=30000;w=60` is 30,000 in 60 seconds.',
    "RateLimit": 'What is left of it: `"events";r=0;t=12` is nothing for 12 seconds.',
}
RETRY = {"Retry-After": "Trying again makes sense after so many seconds."}
CHALLENGE = {"WWW-Authenticate": "`Bearer`, where one has to say who one is."}


def refusals(method: str, door: Door | None, description: Description) -> list[Refusal]:
    """Every refusal that a route may give: what its door, its parameters and its body bring, and its own."""
    kinds: list[type[Problem]] = [Problem, Unavailable, TookTooLong, Maintenance, *description.refuses]
    if door:
        kinds += [AuthRequired, *([Forbidden, NotFound] if door.at_least else [])]
    if method not in SAFE:
        kinds.append(CrossSite)
    if description.parameters:
        kinds.append(InvalidParameter)
    if description.body:
        kinds += [InvalidJson, PayloadTooLarge, UnsupportedType]
    found = {Refusal(kind.status, kind.code, kind.title) for kind in kinds}
    return sorted(found | ({CUT_OFF} if description.body else set()))


def responses(found: Iterable[Refusal], spec: APISpec) -> dict[str, str]:
    """By status the name of a response for them, which becomes a component if it is none yet."""
    by_status: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in found:
        by_status[refusal.status].append(refusal)
    return {str(status): _named(status, here, spec) for status, here in by_status.items()}


def _named(status: int, found: list[Refusal], spec: APISpec) -> str:
    name = "-".join([str(status), *dict.fromkeys(refusal.code for refusal in found)])
    if name not in spec.components.responses:
        spec.components.response(name, _response(status, found))
    return name


def _response(status: int, found: list[Refusal]) -> dict[str, Any]:
    codes = list(dict.fromkeys(refusal.code for refusal in found))
    schema = {
        "allOf": [
            SCHEMA,
            {"properties": {"status": {"const": status}, "code": {"enum": codes}}},
        ]
    }
    headers = _headers(status, codes)
    return {
        "description": "\n".join(f"- `{refusal.code}`: {refusal.title}." for refusal in found),
        **({"headers": headers} if headers else {}),
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _headers(status: int, codes: list[str]) -> dict[str, Any]:
    words: dict[str, str] = {}
    if status in (429, 503):
        words |= RETRY
    if RateLimited.code in codes:
        words |= RATES
    if AuthRequired.code in codes:
        words |= CHALLENGE
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in words.items()}
