"""The problem responses of a route, as OpenAPI describes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from apispec import APISpec

from app.auth.authorization import Requirement
from app.errors import (
    HTTP_CODES,
    AuthRequired,
    BadCredentials,
    BodyTooSlow,
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
from app.http.openapi_decorator import Description
from app.http.problem_responses import MEDIA_TYPE, ProblemType, problem_types
from app.http.response_schema import ProblemDocument

SAFE = ("GET", "HEAD")
PROBLEM, ERRORS = ProblemDocument.__name__, "FieldErrors"
SCHEMA = {"$ref": f"#/components/schemas/{PROBLEM}"}
ANY = {MEDIA_TYPE: {"schema": SCHEMA}}


class Refusal(NamedTuple):
    """A status with its problem code and title."""

    status: int
    code: str
    title: str


CUT_OFF = Refusal(400, HTTP_CODES[400], "The body broke off")
RATES = {
    "RateLimit-Policy": 'Which limit it was: `"events";q=600000;w=60` is 600,000 in 60 seconds.',
    "RateLimit": 'What is left of it: `"events";r=0;t=12` is nothing for 12 seconds.',
}
RETRY = {"Retry-After": "Trying again makes sense after so many seconds."}
CHALLENGE = {
    "WWW-Authenticate": '`Bearer realm="pulse"` (RFC 6750); for a token that is not valid with '
    '`error="invalid_token"`, for one that lacks a scope with `error="insufficient_scope"` and the `scope`.'
}


def every_type() -> list[tuple[str, ProblemType]]:
    """The codes of all problems, in the order of their statuses."""
    return sorted(problem_types().items(), key=lambda known: (known[1].statuses, known[0]))


def refusals(method: str, requirement: Requirement | None, description: Description) -> list[Refusal]:
    """Every refusal of a route: those of its requirement, its parameters and its body, and its own."""
    kinds: list[type[Problem]] = [Problem, Unavailable, TookTooLong, Maintenance, *description.refuses]
    if requirement:
        kinds += [AuthRequired, *([Forbidden, NotFound] if requirement.at_least else [])]
    if method not in SAFE:
        kinds.append(CrossSite)
    if description.parameters:
        kinds.append(InvalidParameter)
    if description.body:
        kinds += [InvalidJson, BodyTooSlow, PayloadTooLarge, UnsupportedType]
    found = {Refusal(kind.status, kind.code, kind.title) for kind in kinds}
    return sorted(found | ({CUT_OFF} if description.body else set()))


def responses(found: Iterable[Refusal], spec: APISpec) -> dict[str, str]:
    """The name of the response component of each status; missing components are added."""
    by_status: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in found:
        by_status[refusal.status].append(refusal)
    return {str(status): _named(status, here, spec) for status, here in by_status.items()}


def _named(status: int, found: list[Refusal], spec: APISpec) -> str:
    name = "-".join([str(status), *dict.fromkeys(refusal.code for refusal in found)])
    if name not in spec.components.responses:
        spec.components.response(name, _response(status, found, spec))
    return name


def _response(status: int, found: list[Refusal], spec: APISpec) -> dict[str, Any]:
    codes = list(dict.fromkeys(refusal.code for refusal in found))
    headers = _headers(status, codes)
    return {
        "description": "\n".join(f"- `{refusal.code}`: {refusal.title}." for refusal in found),
        **({"headers": headers} if headers else {}),
        "content": {MEDIA_TYPE: {"schema": _schema(status, codes, spec)}},
    }


def _schema(status: int, codes: list[str], spec: APISpec) -> dict[str, str]:
    """A reference to the schema of a problem with this status and one of these codes.

    Whole, with enumerations: generators of clients make no model of an `allOf`, nor of a number's `const`.
    """
    name = "".join([f"Problem{status}", *(code.title().replace("_", "") for code in codes)])
    if name not in spec.components.schemas:
        general = spec.components.schemas[PROBLEM]
        spec.components.schemas.setdefault(ERRORS, general["properties"]["errors"])
        narrowed = {
            "status": {"type": "integer", "enum": [status]},
            "code": {"type": "string", "enum": codes},
            "errors": {"$ref": f"#/components/schemas/{ERRORS}"},
        }
        spec.components.schema(name, general | {"properties": general["properties"] | narrowed})
    return {"$ref": f"#/components/schemas/{name}"}


def _headers(status: int, codes: list[str]) -> dict[str, Any]:
    words: dict[str, str] = {}
    if status in (429, 503):
        words |= RETRY
    if RateLimited.code in codes:
        words |= RATES
    if {AuthRequired.code, BadCredentials.code, Forbidden.code} & set(codes):
        words |= CHALLENGE
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in words.items()}
